package rewrite

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCopyChown(t *testing.T) {
	app := Setting{WorkDir: "/", Declared: func(name string) bool { return name == "APP_USER" }}
	kept, file, inApp, buildKit := app, app, app, app
	kept.KeepDir, file.File, inApp.WorkDir, buildKit.BuildKit = true, true, "/app", true
	for _, test := range []struct {
		name    string
		setting Setting
		before  []string // COPYs, then the RUN
		want    []string // nil refuses
	}{
		{"nothing left", app, []string{"COPY app /app", "RUN chown -R user:group /app"}, []string{"COPY --chown=user:group app /app", ""}},
		{"the rest stays", app, []string{"COPY app /app/", "RUN apt-get clean && chown -R 1000:1000 /app && b"}, []string{"COPY --chown=1000:1000 app /app/", "RUN apt-get clean && b"}},
		{"flags stay", app, []string{"COPY --from=build --link /out /app", "RUN chown -R a:b /app"}, []string{"COPY --chown=a:b --from=build --link /out /app", ""}},
		{"JSON form", app, []string{`COPY ["a b", "/app"]`, "RUN chown -R a:b /app"}, []string{`COPY --chown=a:b ["a b", "/app"]`, ""}},
		{"user without group", app, []string{"COPY a /app", "RUN chown -R a /app"}, []string{"COPY --chown=a:0 a /app", ""}},
		{"group", app, []string{"COPY a /app", "RUN chgrp -R b /app"}, []string{"COPY --chown=0:b a /app", ""}},
		{"variable", app, []string{"COPY a /app", "RUN chown -R $APP_USER:${APP_USER} /app"}, []string{"COPY --chown=$APP_USER:${APP_USER} a /app", ""}},
		{"relative", inApp, []string{"COPY . .", "RUN chown -R a:b ."}, []string{"COPY --chown=a:b . .", ""}},
		{"several", app, []string{"COPY a /app/a", "COPY b /app/b", "RUN chown -R a:b /app"}, []string{"COPY --chown=a:b a /app/a", "COPY --chown=a:b b /app/b", ""}},
		{"directory keeps its owner", kept, []string{"COPY a /app", "RUN chown -R a:b /app && x"}, []string{"COPY --chown=a:b a /app", "RUN chown a:b /app && x"}},
		{"one file", file, []string{"COPY a /app", "RUN chown a:b /app"}, []string{"COPY --chown=a:b a /app", ""}},
		{"chmod with BuildKit", buildKit, []string{"COPY a /app", "RUN chmod -R 755 /app"}, []string{"COPY --chmod=755 a /app", ""}},
		{"both with BuildKit", buildKit, []string{"COPY a /app", "RUN chown -R a:b /app && chmod -R 0755 /app"}, []string{"COPY --chmod=0755 --chown=a:b a /app", ""}},
		{"chmod without", app, []string{"COPY a /app", "RUN chmod -R 755 /app"}, nil},
		{"chmod that stays would copy again", app, []string{"COPY a /app", "RUN chown -R a:b /app && chmod -R 755 /app"}, nil},
		{"symbolic mode", buildKit, []string{"COPY a /app", "RUN chmod -R g+w /app"}, nil},
		{"undeclared variable", app, []string{"COPY a /app", "RUN chown -R $X /app"}, nil},
		{"variable set in the RUN", app, []string{"COPY a /app", "RUN APP_USER=x; chown -R $APP_USER /app"}, nil},
		{"only a part", app, []string{"COPY a /app", "RUN chown -R a:b /app/data"}, nil},
		{"elsewhere", app, []string{"COPY a /app", "RUN chown -R a:b /srv"}, nil},
		{"not the files", app, []string{"COPY a /app", "RUN chown a:b /app"}, nil},
		{"user made too late", app, []string{"COPY a /app", "RUN useradd a && chown -R a:a /app"}, nil},
		{"something else writes there", app, []string{"COPY a /app", "RUN make install && chown -R a:b /app"}, nil},
		{"conditional", app, []string{"COPY a /app", "RUN if x; then chown -R a:b /app; fi"}, nil},
		{"has an owner already", app, []string{"COPY --chown=c a /app", "RUN chown -R a:b /app"}, nil},
		{"ADD unpacks", app, []string{"ADD a.tar /app", "RUN chown -R a:b /app"}, nil},
		{"checksum of a classic build", app, []string{"COPY dir:" + strings.Repeat("a", 64) + " in /app", "RUN chown -R a:b /app"}, nil},
		{"heredoc", app, []string{"COPY <<EOF /app\nx\nEOF", "RUN chown -R a:b /app"}, nil},
		{"options", app, []string{"COPY a /app", "RUN chown -R --from=x a:b /app"}, nil},
		{"login group", app, []string{"COPY a /app", "RUN chown -R a: /app"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			n := len(test.before) - 1
			copies, run, ok := CopyChown(test.before[:n], test.before[n], test.setting)
			var got []string
			if ok {
				got = append(copies, run)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Fatalf("(-want +got):\n%s", diff)
			}
			for _, text := range got {
				if text != "" {
					dockerfile(t, text)
				}
			}
		})
	}
}

func FuzzCopyChown(f *testing.F) {
	f.Add("COPY a /app", "RUN chown -R a:b /app && x", false)
	f.Add(`COPY --link ["a", "/app"]`, "RUN cd / && chown -R 1 app", true)
	f.Fuzz(func(t *testing.T, copy, run string, keep bool) {
		copies, left, ok := CopyChown([]string{copy}, run, Setting{WorkDir: "/", KeepDir: keep, BuildKit: true})
		if !ok || !valid(copy) || !valid(run) {
			return
		}
		dockerfile(t, copies[0])
		if left != "" {
			dockerfile(t, left)
		}
	})
}
