package tuitest

import "github.com/tare-oci/tare/model"

// Described adds to a report what the views of packages, Dockerfile and config
// show.
func Described(r *model.Report) *model.Report {
	p := func(name, version string, layer int, bytes int64, reason, neededBy string, recommendedBy ...string) model.Package {
		return model.Package{
			Manager: "dpkg", Name: name, Version: version, Arch: "amd64", Layer: layer, Bytes: bytes, Reason: reason, NeededBy: neededBy,
			RecommendedBy: recommendedBy,
		}
	}
	r.Packages = []model.Package{
		p("base-files", "12.4+deb12u5", 0, 341_000, "essential", ""), p("build-essential", "12.9", 1, 17_000, "recommended", "", "python3-pip"),
		p("cpp-12", "12.2.0-14", 1, 44_000_000, "recommended", "gcc-12", "python3-pip"), p("g++-12", "12.2.0-14", 1, 130_000_000, "recommended", "build-essential", "python3-pip"),
		p("gcc-12", "12.2.0-14", 1, 218_000_000, "recommended", "g++-12", "python3-pip"), p("git", "1:2.39.5-0+deb12u1", 1, 38_000_000, "manual", ""),
		p("libc6", "2.36-9+deb12u4", 0, 13_000_000, "dependency", "base-files"), p("liberror-perl", "0.17029-2", 1, 70_000, "dependency", "git"),
		p("libgone1", "1.0", 1, 210_000, "orphan", ""), p("python3", "3.11.2-1+b1", 1, 7_000_000, "dependency", "python3-pip"),
		p("python3-pip", "23.0.1+dfsg-1", 1, 1_300_000, "manual", ""),
	}
	r.Dockerfile = &model.Dockerfile{File: "Dockerfile", How: model.FromDockerfile, Lines: []string{
		"# the shop's API", "ARG RELEASE", "", "FROM debian:bookworm-slim", "RUN apt-get update && apt-get install -y python3-pip git", "COPY app.py /app/app.py",
		"RUN rm -rf /var/lib/apt/lists/* \\", "    # the app must not write", "    && chown -R 10001 /app \\", "    && find / -name '*.pyc' -delete", "USER 10001",
		`ENTRYPOINT ["python3", "/app/app.py"]`,
	}}
	lines := [][2]int{{4, 4}, {4, 4}, {5, 5}, {6, 6}, {7, 10}, {11, 11}, {12, 12}}
	for i := range r.Instructions {
		r.Instructions[i].Location = &model.Location{File: "Dockerfile", Line: lines[i][0], EndLine: lines[i][1]}
	}
	r.Config = &model.Config{
		User: "10001", Entrypoint: []string{"python3", "/app/app.py"}, Cmd: []string{"--log level"}, ExposedPorts: []string{"8080/tcp"}, WorkingDir: "/app",
		Env:    []model.Setting{{Name: "PATH", Value: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, {Name: "API_TOKEN", Value: "***"}},
		Labels: []model.Setting{{Name: "org.opencontainers.image.source", Value: "https://shop.lan/api"}},
	}
	r.Findings = append(r.Findings,
		model.Finding{ID: "f", Rule: "baked-in-secret", Title: "a secret in the image", Confidence: model.Possible, Fix: &model.Fix{
			Strategy: model.Manual, Summary: "Take API_TOKEN out of the image's environment.",
		}})
	return r
}

// Rebuilt is described without a Dockerfile.
func Rebuilt() *model.Report {
	r := Described(Report())
	r.Dockerfile = nil
	for i := range r.Instructions {
		r.Instructions[i].Location, r.Instructions[i].How = nil, model.FromHistory
	}
	return r
}

// Shell runs as root behind a shell.
func Shell() *model.Report {
	r := Described(Report())
	every, retries := "30s", 3
	r.Config.User, r.Config.Root, r.Config.Entrypoint, r.Config.ShellForm = "", true, nil, true
	r.Config.Cmd = []string{"/bin/sh", "-c", "python3 app.py | tee /var/log/it's.log"}
	r.Config.Healthcheck = &model.Healthcheck{Test: []string{"CMD", "curl", "-f", "http://localhost:8080/"}, Interval: &every, Retries: &retries}
	before, after := "CMD python3 app.py", `CMD ["python3", "app.py"]`
	r.Findings = append(r.Findings, model.Finding{ID: "g", Rule: "shell-form-entrypoint", Title: "a shell stands before the program", Confidence: model.Possible,
		Fix: &model.Fix{Strategy: model.Manual, Summary: "Let the program be process 1.", Before: &before, After: &after}})
	return r
}
