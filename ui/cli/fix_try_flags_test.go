package cli

import "testing"

func TestTryRefusesFlagsThatAreItsOwn(t *testing.T) {
	const tried, file, ours = ": the images are only tried and removed", ": the Dockerfile is the one of tare's -f, before the --", "--run-flag: leave "
	build := func(args ...string) tryFlags { return tryFlags{build: args} }
	run := func(args ...string) tryFlags { return tryFlags{run: args} }
	for _, row := range []struct {
		flags tryFlags
		want  string
	}{
		{build("--network", "host", "-t", "app:1"), "--try: leave -t out of the builder's flags" + tried},
		{build("-tapp:1"), "--try: leave -t out of the builder's flags" + tried},
		{build("-qt", "app:1"), "--try: leave -t out of the builder's flags" + tried},
		{build("--tag=app:1"), "--try: leave --tag out of the builder's flags" + tried},
		{build("--push"), "--try: leave --push out of the builder's flags" + tried},
		{build("-o", "out"), "--try: leave -o out of the builder's flags" + tried},
		{build("--iidfile=id"), "--try: leave --iidfile out of the builder's flags" + tried},
		{build("-f", "other"), "--try: leave -f out of the builder's flags" + file},
		{build("--network", "host", "-q", "--build-arg", "t=o", "--target=final", "-m", "1g"), ""},
		{run("--name=x"), ours + "--name out: tare names its containers and removes them itself"},
		{run("--rm"), ours + "--rm out: tare names its containers and removes them itself"},
		{run("-itd"), ours + "-d out: tare names its containers and removes them itself"},
		{run("--detach"), ours + "--detach out: tare names its containers and removes them itself"},
		{run("-it", "--network=host", "-e", "NAME=x", "-v", "/d:/d", "-ed=1"), ""},
	} {
		got := ""
		if err := row.flags.check(); err != nil {
			got = err.Error()
		}
		if got != row.want {
			t.Errorf("%q %q: %q, want %q", row.flags.build, row.flags.run, got, row.want)
		}
	}
}
