package ports_test

import (
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/analyze/rules/catalogue/ports"
	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// FuzzConfigurations reads configurations and commands that a stranger wrote: nothing panics,
// and a port is one that a socket can have.
func FuzzConfigurations(f *testing.F) {
	for _, seed := range [][2]string{
		{"http { server { listen 127.0.0.1:80; listen [::]:81 ssl; } include conf.d/*.conf; }", "nginx -g 'daemon off;'"},
		{"http { server { listen \"80\"; } log_format x 'a\\'b'; # listen 9;\n}", "nginx"},
		{"server { listen ${PORT}; listen unix:/x; listen *:0; } }", "nginx -c /etc/nginx/nginx.conf"},
		{"Listen 80\n<IfModule ssl>\nListen 443 https\n</IfModule>\nInclude ports.conf\nListen ${PORT}\\\n", "apache2 -DFOREGROUND"},
		{"port 0\ntls-port 6379\nbind 127.0.0.1 -::1\ninclude /etc/redis.conf\n", "redis-server /etc/redis.conf"},
		{"", "java -Dserver.port=8081 -jar a.jar"},
		{"", "gunicorn -b[::1]:8000 -c/x.py app"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, config, command string) {
		var files []imagetest.File
		for _, name := range []string{"etc/nginx/nginx.conf", "etc/nginx/conf.d/a.conf", "etc/apache2/apache2.conf", "etc/apache2/ports.conf", "etc/redis.conf"} {
			files = append(files, imagetest.Text(name, config))
		}
		img := rulestest.Image{Steps: []rulestest.Step{{By: "COPY rootfs /", Files: files}}}
		img.Config.Cmd = []string{"/bin/sh", "-c", command}
		for _, port := range ports.Listening(img.Build(t)).Ports {
			if port < 1 || port > 65535 {
				t.Errorf("port %d", port)
			}
		}
	})
}
