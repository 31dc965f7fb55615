package history

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

func by(createdBy string) v1.History { return v1.History{CreatedBy: createdBy} }

// The texts are from published images: Docker Hub's debian, alpine, nginx and
// redis, Fedora, kyverno (ko on apko), distroless (bazel), etcd (crane flatten).
func TestForms(t *testing.T) {
	bk := "buildkit.dockerfile.v0"
	tests := []struct {
		item          v1.History
		keyword, text string
	}{
		{by("/bin/sh -c #(nop) ADD file:ce026b62356eec3ad1214f92be2c9dc063fe205bd5e600be3492c4dfb17148bd in / "), "ADD", "ADD file:ce026b62356e /"},
		{by("/bin/sh -c #(nop) ADD ec8a65573a15b3665c90b6efc48acc794f0d188417ebe06775944b8f2762cf2e in /opt/ "), "ADD", "ADD ec8a65573a15 /opt/"},
		{by("/bin/sh -c #(nop) ADD --chown=1:1ec8a65573a15b3665c90b6efc48acc794f0d188417ebe06775944b8f2762cf2e in /opt/b.txt "), "ADD", "ADD --chown=1:1 ec8a65573a15 /opt/b.txt"},
		{by("/bin/sh -c #(nop) ADD ec8a65573a15b3665c90b6efc48acc794f0d188417ebe06775944b8f2762cf2e in /a b/ "), "ADD", `ADD ["ec8a65573a15", "/a b/"]`},
		{by("ADD ec8a65573a15b3665c90b6efc48acc794f0d188417ebe06775944b8f2762cf2e /opt/ # buildkit"), "ADD", "ADD ec8a65573a15b3665c90b6efc48acc794f0d188417ebe06775944b8f2762cf2e /opt/"},
		{by("/bin/sh -c #(nop) COPY ec8a65573a15 in /opt/ "), "COPY", "COPY ec8a65573a15 in /opt/"},
		{by(`/bin/sh -c #(nop)  CMD ["sh"]`), "CMD", `CMD ["sh"]`},
		{by(`/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "curl --version"]`), "CMD", "CMD curl --version"},
		{by(`/bin/sh -c #(nop)  CMD ["/bin/sh" "-c" "echo" "three"]`), "CMD", `CMD ["/bin/sh", "-c", "echo", "three"]`},
		{by(`/bin/sh -c #(nop)  ENTRYPOINT ["/docker-entrypoint.sh"]`), "ENTRYPOINT", `ENTRYPOINT ["/docker-entrypoint.sh"]`},
		{by(`/bin/sh -c #(nop) CMD ["/usr/sbin/httpd", "-DFOREGROUND"]`), "CMD", `CMD ["/usr/sbin/httpd", "-DFOREGROUND"]`},
		{by(`/bin/sh -c #(nop)  CMD ["broken`), "CMD", `CMD ["broken`},
		{by("/bin/sh -c #(nop)  ENV PATH=/usr/local/bin:/usr/bin"), "ENV", "ENV PATH=/usr/local/bin:/usr/bin"},
		{by("/bin/sh -c #(nop) ENV NGINX_VERSION 1.9.9-1~jessie"), "ENV", "ENV NGINX_VERSION 1.9.9-1~jessie"},
		{by("/bin/sh -c #(nop)  LABEL maintainer=NGINX Docker Maintainers <docker-maint@nginx.com>"), "LABEL", `LABEL maintainer="NGINX Docker Maintainers <docker-maint@nginx.com>"`},
		{by("/bin/sh -c #(nop)  EXPOSE map[80/tcp:{} 443/tcp:{}]"), "EXPOSE", "EXPOSE 80/tcp 443/tcp"},
		{by("/bin/sh -c #(nop)  VOLUME [/data]"), "VOLUME", "VOLUME /data"},
		{by(`/bin/sh -c #(nop)  HEALTHCHECK &{["CMD-SHELL" "curl -f localhost"] "30s" "3s" "5s" "1s" '\x00'}`), "HEALTHCHECK", "HEALTHCHECK --interval=30s --timeout=3s --start-period=5s --start-interval=1s CMD curl -f localhost"},
		{by("/bin/sh -c #(nop) HEALTHCHECK --interval=5s CMD true"), "HEALTHCHECK", "HEALTHCHECK --interval=5s CMD true"},
		{by("/bin/sh -c #(nop)  ONBUILD ARG TOKEN=pl4nted"), "ONBUILD", "ONBUILD ARG TOKEN"},
		{by("/bin/sh -c #(nop)  ONBUILD RUN make  install"), "ONBUILD", "ONBUILD RUN make  install"},
		{by("/bin/sh -c set -eux; \t\tapk add --no-cache \t\tca-certificates"), "RUN", "RUN set -eux; apk add --no-cache ca-certificates"},
		{by("/bin/sh -c dnf install -y httpd && dnf clean all -y "), "RUN", "RUN dnf install -y httpd && dnf clean all -y"},
		{by("/bin/sh -c printf 'a  b' \"c \t d $(x  \"y  z\")\"   e\\  f"), "RUN", "RUN printf 'a  b' \"c \t d $(x  \"y  z\")\" e\\  f"},
		{by("/bin/sh -c echo it's   open"), "RUN", "RUN echo it's   open"},
		{by("|1 VERSION=1.2 /bin/sh -c make"), "RUN", "RUN make"},
		{by("cmd /S /C dir C:\\"), "RUN", "RUN dir C:\\"},
		{v1.History{CreatedBy: "RUN /bin/sh -c apt-get update # buildkit", Comment: bk}, "RUN", "RUN apt-get update"},
		{v1.History{CreatedBy: "RUN apt-get update # buildkit", Comment: bk}, "RUN", `RUN ["apt-get", "update"]`},
		{v1.History{CreatedBy: "RUN |1 T=x /bin/sh -c <<E cat\nb\nE # buildkit", Comment: bk}, "RUN", "RUN <<E cat\nb\nE"},
		{v1.History{CreatedBy: "RUN /bin/sh -c cat > /x <<X\nEOF\nX\n # buildkit", Comment: bk}, "RUN", "RUN <<EOF_\ncat > /x <<X\nEOF\nX\nEOF_"},
		{v1.History{CreatedBy: "COPY docker-entrypoint.sh / # buildkit", Comment: bk}, "COPY", "COPY docker-entrypoint.sh /"},
		{v1.History{CreatedBy: "ENV PS1=$(whoami)@$HOME TERM=xterm", Comment: bk}, "ENV", `ENV PS1="\$(whoami)@\$HOME" TERM=xterm`},
		{v1.History{CreatedBy: "EXPOSE [6379/tcp]", Comment: bk}, "EXPOSE", "EXPOSE 6379/tcp"},
		{v1.History{CreatedBy: "WORKDIR /app", Comment: bk}, "WORKDIR", "WORKDIR /app"},
		{v1.History{CreatedBy: "RUN mkdir -p /a && sh -c 'x  y'", Author: "kaniko"}, "RUN", "RUN mkdir -p /a && sh -c 'x  y'"},
		{v1.History{CreatedBy: `RUN ["ls", "-l"]`, Author: "kaniko"}, "RUN", `RUN ["ls", "-l"]`},
		{v1.History{CreatedBy: "copy --from=build /a /b", Author: "kaniko"}, "COPY", "COPY --from=build /a /b"},
		{v1.History{CreatedBy: "ARG TOKEN='a pl4nted' B=pl4nted", Author: "kaniko"}, "ARG", "ARG TOKEN"},
		{v1.History{CreatedBy: "# debian.sh --arch 'amd64' out/ 'trixie' '@1766966400'", Comment: "debuerreotype 0.17"}, "", "# debian.sh --arch 'amd64' out/ 'trixie' '@1766966400' (debuerreotype 0.17)"},
		{v1.History{Comment: "Imported from -"}, "", "Imported from -"},
		{v1.History{CreatedBy: "bazel build ...", Author: "Bazel"}, "", "bazel build ..."},
		{v1.History{CreatedBy: "apko", Author: "apko", Comment: "This is an apko single-layer image"}, "", "apko (This is an apko single-layer image)"},
		{v1.History{CreatedBy: "ko build ko://example.org/cmd/x", Author: "ko", Comment: "kodata contents, at $KO_DATA_PATH"}, "", "ko build ko://example.org/cmd/x (kodata contents, at $KO_DATA_PATH)"},
		{v1.History{CreatedBy: "jib-gradle-plugin:3.4.0", Author: "Jib", Comment: "classes"}, "", "jib-gradle-plugin:3.4.0 (classes)"},
		{v1.History{CreatedBy: "crane flatten sha256:9795", Comment: `[{"created_by":"|1 T=pl4nted /bin/sh -c x"}]`}, "", "crane flatten sha256:9795"},
		{v1.History{CreatedBy: "BusyBox 1.37.0 (glibc), Debian 12"}, "", "BusyBox 1.37.0 (glibc), Debian 12"},
		{v1.History{CreatedBy: "/bin/sh", Comment: "FROM 127.0.0.1:5057/debian:slim"}, "", "/bin/sh"},
		{v1.History{Author: "Somebody"}, "", "made by Somebody"},
		{v1.History{}, "", "not recorded"},
	}
	for _, tt := range tests {
		steps, _, _ := Instructions(&v1.ConfigFile{History: []v1.History{tt.item}}, 1)
		if diff := cmp.Diff([2]string{tt.keyword, tt.text}, [2]string{steps[0].Keyword, steps[0].Text}); diff != "" {
			t.Errorf("%q: -want +got:\n%s", tt.item.CreatedBy, diff)
		}
	}
}

// A SHELL changes what the commands after it start with.
func TestShell(t *testing.T) {
	history := []v1.History{
		by("/bin/sh -c #(nop) ADD file:ce026b62356eec3ad1214f92be2c9dc063fe205bd5e600be3492c4dfb17148bd in / "),
		by("zypper ref now"),
		by("powershell -Command $x = 1; #(nop)  SHELL [powershell -Command $x = 1;]"),
		by("powershell -Command $x = 1; Get-Item"),
		by(`powershell -Command $x = 1; #(nop)  CMD ["powershell" "-Command" "$x = 1;" "dir"]`),
		by("bash"),
	}
	steps, _, _ := Instructions(&v1.ConfigFile{History: history}, 0)
	var got []string
	for _, s := range steps {
		got = append(got, s.Text)
	}
	want := []string{
		"ADD file:ce026b62356e /", `RUN ["zypper", "ref", "now"]`, `SHELL ["powershell", "-Command", "$x", "=", "1;"]`,
		"RUN Get-Item", `CMD ["powershell", "-Command", "$x = 1;", "dir"]`, "bash",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestCreated(t *testing.T) {
	day := time.Date(2024, 5, 23, 5, 48, 29, 0, time.UTC)
	steps, _, _ := Instructions(&v1.ConfigFile{History: []v1.History{{Created: v1.Time{Time: day}}, {}}}, 2)
	if steps[0].Created == nil || !steps[0].Created.Equal(day) || steps[1].Created != nil {
		t.Errorf("created: %v, %v", steps[0].Created, steps[1].Created)
	}
}
