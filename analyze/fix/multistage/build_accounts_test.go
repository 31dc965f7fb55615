package multistage

import (
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/history"
)

// TestMayAlsoAdd: the accounts of a RUN that builds are made again only where its text says plainly what it does to
// accounts, and nothing of it may fail.
func TestMayAlsoAdd(t *testing.T) {
	for text, want := range map[string]bool{
		"useradd -m app && make install": true, "make install && groupadd -g 900 app && useradd -u 900 -g app app": true, "cd /src && make && useradd -rms /bin/false app": true,
		"useradd app && echo 'int main(){for(;;);}' > a.c && gcc a.c": true, "make && usermod -aG video root": true, "adduser --disabled-password --gecos x app && make": true, "adduser --disabled-password --gecos '' app && make": false,

		"make && ./adduser app": false, "make && /tools/adduser app": false, "make && useradd -R /rootfs app": false, "make && useradd --prefix /rootfs app": false, "make && useradd -K UID_MIN=3000 app": false,
		"make && useradd -u $ID app": false, "useradd app || true && make": false, "useradd app; make": false, "! useradd app && make": false, "if true; then useradd app; fi && make": false,
		"useradd app && echo app:pw | chpasswd && make": false, "useradd app && gpasswd -a app audio && make": false, "useradd app && userdel games && make": false, "useradd app && echo x >> /etc/group && make": false,
		"sed -i s/1000/3000/ /etc/login.defs && useradd app && make": false, "make && mkdir /data": false, "make": false,
	} {
		in := instruction{Step: history.Step{Keyword: "RUN"}, text: "RUN " + text}
		in.classify()
		if in.alsoAdds != want {
			t.Errorf("%s: %t, want %t", text, in.alsoAdds, want)
		}
	}
}

// TestGroupsOf: the groups that an account command names, by whatever option.
func TestGroupsOf(t *testing.T) {
	for command, want := range map[string][]string{
		"useradd -G rdma,video app": {"rdma", "video"}, "useradd -mG rdma app": {"rdma"}, "useradd --groups=rdma -g users app": {"rdma", "users"}, "useradd -Grdma app": {"rdma"}, "usermod -aG docker app": {"docker"},
		"useradd -g 900 app": nil, "adduser app docker": {"docker"}, "adduser --ingroup www app": {"www"}, "groupadd -g 900 app": nil, "mkdir -p /g": nil, "useradd app": nil,
	} {
		if got := groupsOf(command); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", command, got, want)
		}
	}
}
