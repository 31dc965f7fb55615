package replay

import (
	"slices"
	"strings"
	"testing"
)

// contents returns what the last layer has at a path, and whether it has anything there.
func contents(img *Image, path string) (string, bool) {
	entries := img.Layers[len(img.Layers)-1].Entries
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.Path == path && !e.Removed })
	if i < 0 {
		return "", false
	}
	return string(entries[i].node.body), true
}

// TestTextTools looks at what the models of programs for text write.
func TestTextTools(t *testing.T) {
	for script, want := range map[string]string{
		`printf 'b\na\nb\n' | sort`:                                       "a\nb\nb\n",
		`printf 'a\nb\nc\n' | head -n 2`:                                  "a\nb\n",
		`printf 'a\nb\nc\n' | tail -1`:                                    "c\n",
		`printf 'a=1;b=2\n' | cut -d ';' -f 2`:                            "b=2\n",
		`printf 'one two\n' | awk '{print $2}'`:                           "two\n",
		`printf 'v1.2\n' | sed 's/v\([0-9]*\)/x\1/'`:                      "x1.2\n",
		`printf 'a b\n' | tr ' ' '_'`:                                     "a_b\n",
		`printf 'a\r\n' | tr -d '\r'`:                                     "a\n",
		`printf 'ab\ncd\n' | grep -v ab`:                                  "cd\n",
		`printf 'ab1\n' | grep -o '[0-9]'`:                                "1\n",
		`printf 'AB\n' | grep -i ab`:                                      "AB\n",
		`printf 'x\n' | tee /tmp/copy`:                                    "x\n",
		`echo a > /tmp/f; echo b | tee -a /tmp/f > /dev/null; cat /tmp/f`: "a\nb\n",
		`echo 'a\nb'`:           "a\nb\n",
		`echo -n 'a\nb'`:        "a\\nb",
		`bash -c "echo 'a\nb'"`: "a\\nb\n",
		`echo old > /tmp/f; sed -i 's/old/new/' /tmp/f; cat /tmp/f`: "new\n",
		`echo x y | xargs -I{} echo {}-z`:                           "x-z\ny-z\n",
		`echo x y | xargs echo`:                                     "x y\n",
		`basename /usr/bin/x.sh .sh`:                                "x\n",
		`dirname /usr/bin/x`:                                        "/usr/bin\n",
		`apt-get update >/dev/null && apt-get install -y git ca-certificates >/dev/null && mkdir -p /w/src && cd /w && git -C src clone -q https://x.example/a && ls src`: "a\n",
		`cd /usr && pwd`: "/usr\n",
		`uname -m`:       "x86_64\n",
		`uname -r`:       "6.1.0\n",
		`uname`:          "Linux\n",
		`apt-get update >/dev/null && apt-get install -y lsb-release >/dev/null && lsb_release -cs`: "bookworm\n",
		`apt-get update >/dev/null && apt-get install -y lsb-release >/dev/null && lsb_release -is`: "Debian\n",
		`id -u`:                                "0\n",
		`id -u www-data`:                       "33\n",
		`getent passwd www-data | cut -d: -f3`: "33\n",
		`nproc`:                                "2\n",
		`which ls`:                             "/usr/bin/ls\n",
		`mkdir /tmp/l && touch /tmp/l/b /tmp/l/a && ls /tmp/l`: "a\nb\n",
		`ln -s /usr/bin/env /tmp/e && readlink -f /tmp/e`:      "/usr/bin/env\n",
		`mktemp /tmp/fileXX`:                "/tmp/fileaa\n",
		`bash -c 'echo inside'`:             "inside\n",
		`echo 'echo piped' | sh`:            "piped\n",
		`env A=1 echo x`:                    "x\n",
		`su www-data -s /bin/sh -c 'id -u'`: "33\n",
	} {
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			img := replayed(t, "FROM debian:bookworm-slim\nRUN ( "+script+" ) > /opt/out")
			if got, ok := contents(img, "opt/out"); !ok || got != want || len(img.Problems) > 0 {
				t.Errorf("it writes %q (%v), want %q; problems: %q", got, ok, want, img.Problems)
			}
		})
	}
}

// TestWhatSystemToolsLeave looks for a file that a command must leave in its layer.
func TestWhatSystemToolsLeave(t *testing.T) {
	const update = "apt-get update && apt-get install -y "
	for command, want := range map[string]string{
		update + "locales && locale-gen":                                                        "usr/lib/locale/locale-archive",
		"ldconfig":                                                                              "etc/ld.so.cache",
		"dd if=/dev/zero of=/opt/zero count=1":                                                  "opt/zero",
		"dir=$(mktemp -d) && touch $dir/x":                                                      "tmp/tmp.Xy122/x",
		update + "systemd && systemctl enable x":                                                "etc/systemd/system/multi-user.target.wants/x.service",
		update + "apache2 && a2enmod rewrite":                                                   "etc/apache2/mods-enabled/rewrite.conf",
		update + "apache2 && a2ensite shop":                                                     "etc/apache2/sites-enabled/shop.conf",
		"update-alternatives --install /usr/bin/cc cc /usr/bin/gcc 10":                          "etc/alternatives/cc",
		update + "openssh-client && ssh-keygen -t rsa -N '' -f /root/.ssh/id_rsa":               "root/.ssh/id_rsa.pub",
		update + "openssl && openssl req -x509 -keyout /etc/key.pem -out /etc/cert.pem":         "etc/key.pem",
		update + "fontconfig && fc-cache -f":                                                    "var/cache/fontconfig/3830d5c3ddfd5cd38a049b759396e72e-le64.cache-7",
		update + "gnupg && gpg --batch --recv-keys 0123":                                        "root/.gnupg/pubring.kbx",
		update + "curl gnupg && curl -fsSL https://example.org/k | gpg --dearmor -o /etc/k.gpg": "etc/k.gpg",
		update + "software-properties-common && add-apt-repository -y ppa:x/y":                  "etc/apt/sources.list.d/ppa_x_y.list",
		update + "ca-certificates && update-ca-certificates":                                    "etc/ssl/certs/ca-certificates.crt",
		update + "sudo && sudo touch /opt/by-root":                                              "opt/by-root",
		update + "gosu && gosu www-data touch /tmp/by-www":                                      "tmp/by-www",
		update + "curl && curl https://sh.rustup.rs -sSf | sh -s -- -y":                         "root/.cargo/bin/cargo",
		update + "curl && curl -fsSL https://deb.nodesource.com/setup_22.x | bash -":            "etc/apt/sources.list.d/nodesource.list",
		update + "curl && curl -sSL https://install.python-poetry.org | bash":                   "root/.local/bin/poetry",
		update + "curl && curl -o- https://example.org/nvm/install.sh | bash":                   "root/.nvm/nvm.sh",
		update + "curl && curl -fsSL https://example.org/tool.sh | sh":                          "usr/local/bin/tool",
		update + "wget && wget -O /tmp/Miniforge3.sh https://example.org/Miniforge3.sh && bash /tmp/Miniforge3.sh -b -p /opt/forge": "opt/forge/bin/conda",
		"install -d -m 755 /opt/made":                                                                          "opt/made",
		"echo x > /tmp/x && install -m 755 /tmp/x /opt/x":                                                      "opt/x",
		"mkdir -p /opt/a && touch /opt/a/b && cp -r /opt/a /opt/c":                                             "opt/c/b",
		"touch /opt/a && mv /opt/a /opt/b":                                                                     "opt/b",
		"ln -s /usr/bin/env /opt/link":                                                                         "opt/link",
		"truncate -s 10 /opt/t":                                                                                "opt/t",
		"mkdir -p /opt/d/e && rmdir /opt/d/e":                                                                  "opt/d",
		"touch /opt/x && find /opt -name x -exec cp {} /opt/y \\;":                                             "opt/y",
		"touch /opt/x /opt/z && find /opt -name x -delete":                                                     "opt/z",
		"chmod -R u+w /etc/apt && touch /opt/x":                                                                "opt/x",
		"chown -R www-data:www-data /var/www 2>/dev/null; touch /opt/x":                                        "opt/x",
		"groupadd -g 2000 team && useradd -m -u 2000 -g team ann":                                              "home/ann",
		"adduser --disabled-password --gecos '' bob":                                                           "home/bob",
		"useradd ann && usermod -aG www-data ann":                                                              "etc/group",
		"echo root:x | chpasswd":                                                                               "etc/shadow",
		update + "gcc make && ./configure && make && make install":                                             "usr/lib",
		update + "cmake g++ make && cmake -B /tmp/build . && make -C /tmp/build install":                       "usr/bin/cmake",
		update + "make && apt-mark hold make":                                                                  "var/lib/dpkg/status",
		update + "make && apt-mark auto make && apt-get autoremove -y":                                         "var/lib/dpkg/status",
		update + "make && apt-get clean && rm -rf /var/lib/apt/lists/*":                                        "usr/bin/make",
		update + "make && apt-get remove -y make":                                                              "var/log/dpkg.log",
		update + "unzip wget && wget -O /tmp/a.zip https://example.org/a-1.zip && unzip /tmp/a.zip -d /opt":    "tmp/a.zip",
		update + "wget && wget -qO- https://example.org/x-1.tar.gz | tar xz --strip-components=1 -C /opt":      "opt/bin/x",
		update + "wget && wget https://example.org/tool.deb && dpkg -i tool.deb":                               "var/lib/dpkg/status",
		update + "git && git clone --depth 1 https://example.org/t.git /opt/t && cd /opt/t && git checkout v1": "opt/t/.git/HEAD",
		"tar cf /opt/etc.tar /etc && gzip /opt/etc.tar":                                                        "opt/etc.tar.gz",
		"echo 'touch /opt/from-script' > /tmp/x.sh && sh /tmp/x.sh":                                            "opt/from-script",
	} {
		t.Run(command, func(t *testing.T) {
			t.Parallel()
			img := replayed(t, "FROM debian:bookworm-slim\nRUN "+command)
			if got := paths(img); !slices.Contains(got, want) {
				t.Errorf("there is no %s; problems: %q, no models: %q, files: %.500q", want, img.Problems, img.Unmodelled, strings.Join(got, " "))
			}
		})
	}
}

// TestWhatLanguagesLeave looks for a file that building a program of a language must leave.
func TestWhatLanguagesLeave(t *testing.T) {
	for file, want := range map[string]string{
		"FROM rust:1\nWORKDIR /src\nCOPY . .\nRUN cargo build --release":                                                                    "cargo/registry",
		"FROM maven:3\nWORKDIR /src\nCOPY . .\nRUN mvn package":                                                                             "root/.m2/repository",
		"FROM gradle:8\nWORKDIR /src\nCOPY . .\nRUN gradle build":                                                                           ".gradle",
		"FROM golang:1\nWORKDIR /src\nCOPY . .\nRUN go mod download":                                                                        "go/pkg/mod",
		"FROM golang:1\nRUN go install example.org/x/tool@latest":                                                                           "go/bin/tool",
		"FROM ruby:3\nWORKDIR /src\nCOPY . .\nRUN bundle install":                                                                           "usr/local/bundle",
		"FROM ruby:3\nRUN gem install rake":                                                                                                 "rake",
		"FROM php:8\nRUN docker-php-ext-install pdo_mysql":                                                                                  "pdo_mysql",
		"FROM php:8\nRUN pecl install redis":                                                                                                "redis",
		"FROM composer:2\nWORKDIR /src\nCOPY . .\nRUN composer install":                                                                     "vendor",
		"FROM r-base\nRUN R -e \"install.packages('dplyr')\"":                                                                               "dplyr",
		"FROM perl\nRUN cpanm JSON":                                                                                                         "JSON",
		"FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /src\nCOPY . .\nRUN dotnet restore":                                                 "root/.nuget",
		"FROM continuumio/miniconda3\nRUN conda install -y numpy":                                                                           "opt/conda/pkgs",
		"FROM python:3.12\nRUN pip install --no-cache-dir flask":                                                                            "flask",
		"FROM python:3.12\nRUN python -m venv /opt/v && /opt/v/bin/pip install flask":                                                       "opt/v/lib",
		"FROM python:3.12\nRUN pip install uv && uv pip install --system flask":                                                             "flask",
		"FROM python:3.12\nWORKDIR /src\nCOPY . .\nRUN pip install poetry && poetry install":                                                "root/.cache/pypoetry/virtualenvs/project-Qx3fJ2aK-py3.11/bin/flask",
		"FROM python:3.12\nWORKDIR /src\nCOPY . .\nRUN pip install poetry && poetry config virtualenvs.create false && poetry install":      "usr/local/lib/python3.11/site-packages/flask",
		"FROM python:3.12\nENV POETRY_VIRTUALENVS_IN_PROJECT=true\nWORKDIR /src\nCOPY . .\nRUN pip install poetry && poetry install":        "src/.venv/bin/flask",
		"FROM python:3.12\nENV POETRY_CACHE_DIR=/c\nWORKDIR /src\nRUN pip install poetry\nRUN echo '{}' > pyproject.toml && poetry install": "c/virtualenvs/project-Qx3fJ2aK-py3.11/bin/flask",
		"FROM node:22\nWORKDIR /src\nCOPY . .\nRUN yarn install":                                                                            "node_modules",
		"FROM node:22\nRUN npm install -g typescript":                                                                                       "typescript",
		"FROM node:22\nWORKDIR /src\nCOPY . .\nRUN npm ci && npm run build":                                                                 "dist",
		"FROM gcc:13\nWORKDIR /src\nCOPY main.c .\nRUN gcc -o /out main.c":                                                                  "out",
		"FROM alpine\nRUN apk add --no-cache --virtual .build gcc && apk del .build":                                                        "lib/apk/db",
		"FROM fedora\nRUN dnf install -y gcc":                                                                                               "var/cache",
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			img := replayed(t, file)
			if got := paths(img); !slices.ContainsFunc(got, func(p string) bool { return strings.Contains(p, want) }) {
				t.Errorf("no path has %s in it; problems: %q, no models: %q, files: %.500q", want, img.Problems, img.Unmodelled, strings.Join(got, " "))
			}
		})
	}
}
