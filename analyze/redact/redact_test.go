package redact

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// hexToken is a token by its look alone.
const hexToken = "4f9d8a6b2c1e0f3d5a7b9c8e6f4d2a1b0c28170a"

const token = "ghp_0123456789abcdefghijABCDEFGHIJ012345"

var maskCases = map[string]string{
	"ENV DB_PASSWORD=hunter2":                                                       "ENV DB_PASSWORD=***",
	"ENV DB_PASSWORD hunter2":                                                       "ENV DB_PASSWORD ***",
	`ENV A=b API_KEY="x y" C=d`:                                                     "ENV A=b API_KEY=*** C=d",
	"RUN mysql --password=hunter2 -e x":                                             "RUN mysql --password=*** -e x",
	"RUN TOKEN='a b' make && x":                                                     "RUN TOKEN=*** make && x",
	"RUN curl https://me:hunter2@example.com/x":                                     "RUN curl https://me:***@example.com/x",
	"RUN git clone https://" + token + "@github.com/a/b":                            "RUN git clone https://***@github.com/a/b",
	"RUN curl -H 'Authorization: token " + token + "'":                              "RUN curl -H 'Authorization: token ***'",
	"RUN curl -H 'Authorization: Bearer abc.def-1' x":                               "RUN curl -H 'Authorization: Bearer ***' x",
	`RUN curl -H "X-Api-Key:abcdef" -H 'Accept: a/b' x`:                             `RUN curl -H "X-Api-Key:***" -H 'Accept: a/b' x`,
	"RUN wget --header='PRIVATE-TOKEN: abcdef' x":                                   "RUN wget --header='PRIVATE-TOKEN: ***' x",
	"RUN curl -u me:hunter2 x && y":                                                 "RUN curl -u me:*** x && y",
	"RUN curl -u 0d1f1d0b2d4e3f8a9c7b6a5d4e3f2c1b:pw1 x":                            "RUN curl -u ***:*** x",
	`RUN printf "machine x\nlogin hunter229\npassword x-oauth-basic\n"`:             `RUN printf "machine x\nlogin ***\npassword ***\n"`,
	"RUN wget --user=0d1f1d0b2d4e3f8a9c7b6a5d4e3f2c1b x":                            "RUN wget --user=*** x",
	"RUN curl --user 'me:hunter2' x":                                                "RUN curl --user 'me:***' x",
	"RUN login --password hunter2 --name me":                                        "RUN login --password *** --name me",
	`ENTRYPOINT ["/app","--token","abcdef","--port","80"]`:                          `ENTRYPOINT ["/app","--token","***","--port","80"]`,
	`CMD ["curl", "-u", "me:hunter2", "x"]`:                                         `CMD ["curl", "-u", "me:***", "x"]`,
	`CMD ["curl" "--user" "me:hunter2" "x"]`:                                        `CMD ["curl" "--user" "me:***" "x"]`,
	`CMD ["--api-key", "abcdef"]`:                                                   `CMD ["--api-key", "***"]`,
	"RUN npm config set //r/:_authToken=abcdef":                                     "RUN npm config set //r/:_authToken=***",
	"RUN x --clientSecret=abcdef":                                                   "RUN x --clientSecret=***",
	"RUN echo s3cr3tvalue9":                                                         "RUN echo ***", // the value of a variable, wherever it stands
	"ENV AWS_SECRET_ACCESS_KEY=abc/def AWS_ACCESS_KEY_ID=1x":                        "ENV AWS_SECRET_ACCESS_KEY=*** AWS_ACCESS_KEY_ID=***",
	"ENV POSTGRES_PASSWORD=postgres":                                                "ENV POSTGRES_PASSWORD=***",
	"ENV DB_PASS=hunter2 MYSQL_PWD=hunter2 GITHUB_PAT=hunter2":                      "ENV DB_PASS=*** MYSQL_PWD=*** GITHUB_PAT=***",
	"ENV PGPASS=hunter2 SECRET_KEY_BASE=hunter2":                                    "ENV PGPASS=*** SECRET_KEY_BASE=***",
	"ENV JWT_SIGNING_KEY=hunter2 ENCRYPTION_KEY=hunter2":                            "ENV JWT_SIGNING_KEY=*** ENCRYPTION_KEY=***",
	"RUN git clone https://abcdef0123456789abcd@github.com/a":                       "RUN git clone https://***@github.com/a",
	"RUN curl 'https://a/b?x=1&sig=abc%3D&y=2'":                                     "RUN curl 'https://a/b?x=1&sig=***&y=2'",
	"RUN mysql -h db -uroot -phunter2 -e x":                                         "RUN mysql -h db -uroot -p*** -e x",
	"RUN sshpass -p hunter2 ssh a":                                                  "RUN sshpass -p *** ssh a",
	"RUN docker login -u me -p hunter2 r.example":                                   "RUN docker login -u me -p *** r.example",
	"RUN <<EOF\ndocker login -u me --password-stdin\nsshpass -p hunter2 ssh a\nEOF": "RUN <<EOF\ndocker login -u me --password-stdin\nsshpass -p *** ssh a\nEOF",
	"RUN apt-get install -y vim # password: hunter2SECRETpw":                        "RUN apt-get install -y vim # password: ***",
	"RUN apt-get install -y vim #pw=hunter2SECRETpw":                                "RUN apt-get install -y vim #pw=***",
	"RUN echo hunter2 | docker login --password-stdin r":                            "RUN echo *** | docker login --password-stdin r",
	`RUN echo "root:hunter2" | chpasswd`:                                            `RUN echo "root:***" | chpasswd`,
	"RUN useradd -m -p hunter2 me":                                                  "RUN useradd -m -p *** me",
	"RUN TOKEN=$(echo hunter2) make":                                                "RUN TOKEN=$(echo ***) make",
	`RUN echo '{"password": "hunter2"}' > f`:                                        `RUN echo '{"password": "***"}' > f`,
	`RUN echo "password: hunter2" > c.yml`:                                          `RUN echo "password: ***" > c.yml`,
	"ENV C=AccountName=a;AccountKey=hunter2==;E=x":                                  "ENV C=AccountName=a;AccountKey=***;E=x",
	"RUN npm config set //r/:_authToken hunter2":                                    "RUN npm config set //r/:_authToken ***",
	"RUN aws configure set aws_secret_access_key hunter2":                           "RUN aws configure set aws_secret_access_key ***",
	"RUN echo machine h login l password hunter2 > ~/.netrc":                        "RUN echo machine h login l password *** > ~/.netrc",
	`ENV A=1 DB_PASSWORD="hunter2 x`:                                                `ENV A=1 DB_PASSWORD=***`, // a quote that nothing closes
	// What holds no secret stays as it is.
	`RUN printf 'TOKEN=%s' x && y --secret ./f --api-key ~/.k`:                                     "",
	"ENV CONFIG_SECRET={{secret}}":                                                                 "",
	"ENV PWD=a OLDPWD=b PASSENGER=x COMPASS=y":                                                     "",
	"ENV GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D":                                         "",
	"ENV PYTHON_SHA256=ea5aa0ab PUBLIC_KEY=abc KEYRING=x":                                          "",
	"RUN git clone ssh://git@github.com/a/b && scp me@host:x .":                                    "",
	"RUN mysql -P3306 -p -e x && mysqldump --port 3306 -p db":                                      "",
	"RUN docker login -u me --password-stdin r < f":                                                "",
	"RUN mkdir -p a && docker run -p 80:80 x && useradd -u 5 me":                                   "",
	"RUN echo hello | tee f && echo a:b | cut -d: -f1":                                             "",
	"RUN echo \"key: value\" && npm config set registry http://r":                                  "",
	"RUN aws configure set region eu-central-1":                                                    "",
	"RUN curl 'https://a/b?signed=1&page=2'":                                                       "",
	"RUN docker build --secret id=npm,src=f .":                                                     "",
	"RUN x --token $TOKEN --password-file f --tokenizer fast":                                      "",
	"RUN curl -H 'Authorization: Bearer $TOKEN' -u $USER:$PW x":                                    "",
	"RUN useradd -u 1000 app && x -u me: y":                                                        "",
	"COPY --chown=app:app src dst":                                                                 "",
	"RUN apt-get install -y postgres":                                                              "",
	"RUN --mount=type=secret,id=npm,env=NPM_TOKEN npm ci":                                          "",
	"RUN npm config set //r/:_authToken=$NPM_TOKEN":                                                "",
	"ENV TOKEN_FILE=/run/secrets/token PASSWORD= TOKEN_TTL=30m":                                    "",
	"ENV DB_PASSWORD_FILE=/run/secrets/db":                                                         "",
	"ENV PASSWORD=/run/secrets/db SECRET=$A":                                                       "",
	"RUN docker login --password-stdin < f":                                                        "",
	"ENV DATABASE_URL=postgres://app:hunter2secret@/shop?host=/x":                                  "ENV DATABASE_URL=postgres://app:***@/shop?host=/x",
	`RUN sed -i "s@URL@https://deploy:hunter2secret@nexus.corp@g" /etc/x`:                          `RUN sed -i "s@URL@https://deploy:***@g" /etc/x`,
	"RUN git clone https://user:hunter2secret@g/repo.git":                                          "RUN git clone https://user:***@g/repo.git",
	"RUN pip install git+https://" + hexToken + "@g/x.git":                                         "RUN pip install git+https://***@g/x.git",
	`RUN sed -i "s@PLACE@https://` + hexToken + `@github.com@g" /etc/x`:                            `RUN sed -i "s@PLACE@https://***@g" /etc/x`,
	`RUN sed -i "s@PLACE@https://` + hexToken + `@g" /etc/x`:                                       `RUN sed -i "s@PLACE@https://***@g" /etc/x`,
	"RUN curl https://example.com:8080/a@b":                                                        "",
	"RUN sed -i s@http://a.example.org@https://mirror.of.long.example.org@g /etc/apt/sources.list": "",
	"ENV TOKEN=***": "",
}

func TestText(t *testing.T) {
	mask := New([]string{"A_TOKEN=s3cr3tvalue9", "POSTGRES_PASSWORD=postgres", "PATH=/bin"})
	for text, want := range maskCases {
		if want == "" {
			want = text
		}
		if got := mask.Text(text); got != want {
			t.Errorf("%s\nbecomes %s\nwant    %s", text, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	mask := Mask{}
	for _, test := range [][2][]string{
		{{"app", "--password", "hunter2secret", "--port", "80"}, {"app", "--password", "***", "--port", "80"}},
		{{"/e", "--api-key", "k3yk3yk3y", "-token", "x1"}, {"/e", "--api-key", "***", "-token", "***"}},
		{{"app", "--token=x1", "--password"}, {"app", "--token=***", "--password"}},
		{{"curl", "-u", "me:x1", "http://a"}, {"curl", "-u", "me:***", "http://a"}},
		{{"app", "--token", "--port", "--password", "$PASSWORD", "--token-file", "f"}, nil},
		{{"run", "--secret", "id=npm,src=f", "-u", "1000"}, nil},
	} {
		want := test[1]
		if want == nil {
			want = test[0]
		}
		if diff := cmp.Diff(want, mask.Words(test[0])); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// What is harmless stays readable. Most of these lines were masked once.
func TestHarmless(t *testing.T) {
	data, err := os.ReadFile("testdata/harmless.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if got := (Mask{}).Text(line); got != line {
			t.Errorf("%sbecomes %s", line, got)
		}
	}
}

// A value that only looks like a secret, or that stands behind the name of some
// key, is hidden; it is surely one where more says so.
func TestValue(t *testing.T) {
	for _, test := range []struct {
		name, value, want string
		sure              bool
	}{
		{"SOMETHING", "0d1f1d0b2d4e3f8a9c7b6a5d4e3f2c1b", "***", false},
		{"SOMETHING", "6f1c0d5e-1b2c-4d3e-8f90-0123456789ab", "***", false},
		{"SOMETHING", "4f2c9a1b7d3e5f60718293a4b5c6d7e8f9012345", "4f2c9a1b7d3e5f60718293a4b5c6d7e8f9012345", false},
		{"WEBHOOK_URL", "4f2c9a1b7d3e5f60718293a4b5c6d7e8f9012345", "***", true},
		{"FOO_CHECKSUM", "0d1f1d0b2d4e3f8a9c7b6a5d4e3f2c1b", "0d1f1d0b2d4e3f8a9c7b6a5d4e3f2c1b", false},
		{"STRIPE_KEY", "4f2c9a1b7d3e5f60718293a4b5c6d7e8f9012345", "***", true},
		{"STRIPE_KEY", "word", "***", false},
		{"GPG_KEY", "A035C8C19219BA821ECEA86B64E628F8D684696D", "A035C8C19219BA821ECEA86B64E628F8D684696D", false},
		{"TLS_KEY", "/etc/ssl/server.pem", "/etc/ssl/server.pem", false},
		{"SENHA", "gato", "***", true},
	} {
		got, sure := Mask{}.Value(test.name, test.value)
		if got != test.want || sure != test.sure {
			t.Errorf("%s=%s becomes %s, %v", test.name, test.value, got, sure)
		}
		if line := "ENV " + test.name + "=" + test.value; (Mask{}).Holds(line) != test.sure {
			t.Errorf("%s: Holds says %v", line, !test.sure)
		}
	}
}
