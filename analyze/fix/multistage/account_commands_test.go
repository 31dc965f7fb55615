package multistage

import (
	"testing"

	"github.com/tare-oci/tare/analyze/history"
)

// TestMakesSystemAccount: a number that a command names is not one that packages leave free.
func TestMakesSystemAccount(t *testing.T) {
	for command, want := range map[string]bool{
		"useradd -r app": true, "useradd --system app": true, "useradd -rms /bin/false app": true, "useradd -r -g www-data app": true, "useradd -mr app": true,
		"useradd -r -u 900 app": false, "useradd -ru 900 app": false, "useradd -ru900 app": false, "useradd -r --uid=900 app": false, "useradd --system --uid 900 app": false,
		"useradd app": false, "useradd -m app": false, "useradd -u 900 app": false,

		// Values of options are none.
		"useradd -d/srv/app app": false, "useradd -s/bin/sh -d /srv app": false, "useradd -rs/usr/bin/false app": true, "useradd -r -c '-u' app": true,
		"useradd -c 'may -r write' app": false, "useradd -c 'our -u' -r app": true, "useradd -k -r app": false, "useradd -r -Gusers app": true,

		"adduser --system app": true, "adduser --system --uid 900 app": false, "adduser --system --group app": true, "adduser -S app": true, "adduser -SDu 900 app": false, "adduser -DHS -s/bin/sh app": true, "adduser --gecos '' app": false,
		"adduser -system -group app": true, "adduser -system -uid 900 app": false, "useradd --sys app": true, "useradd --sys --ui 900 app": false,
		"groupadd -r app": true, "groupadd -g 900 app": false, "groupadd -r -g 900 app": false, "groupadd --system --gid 900 app": false, "groupadd -rg900 app": false,
		"addgroup --system app": true, "addgroup --system --gid 900 app": false, "addgroup -S app": true, "addgroup -S -g 900 app": false, "addgroup app": false,
		"mkdir -r app": false, "usermod -r app": false,
	} {
		if got := makesSystemAccount(command); got != want {
			t.Errorf("%s: %t", command, got)
		}
	}
}

// TestRepeatableAccounts: a RUN that does nothing but make accounts is repeated as it stands, unless it is the
// author's own script that does so, or its words mean something else elsewhere.
func TestRepeatableAccounts(t *testing.T) {
	for text, want := range map[string]bool{
		"useradd app": true, "/usr/sbin/useradd app": true, "useradd -u $APP_UID app": true, "groupadd app && mkdir -p /srv/app": true,
		"/tools/adduser app": false, "./adduser app": false, "tools/adduser app": false, "useradd -R /rootfs app": false, "useradd --prefix /rootfs app": false,
		": ${APP_UID:=1500} && useradd -u $APP_UID app": false, "read -r APP_USER < /x && useradd $APP_USER": false, "useradd -m -d $PWD/home app": false,
	} {
		in := instruction{Step: history.Step{Keyword: "RUN"}, text: "RUN " + text}
		in.classify()
		if got := in.role == addsAccounts; got != want {
			t.Errorf("%s: %t, want %t", text, got, want)
		}
	}
}
