package analyze_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// plainKey is a private key as openssl writes it.
func plainKey(t *testing.T) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(ed25519.NewKeyFromSeed([]byte("thirty-two bytes of a fixed seed")))
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// TestSecretsByContent: the content of a file decides whether it is a secret, under whatever
// name, deleted or not, and from wherever the image is read: streamed, in place, as an engine
// sends it, or out of the cache.
func TestSecretsByContent(t *testing.T) {
	t.Parallel()
	key := plainKey(t)
	layer := func(step string, files ...imagetest.File) imagetest.Layer {
		return imagetest.Layer{CreatedBy: step, Files: files}
	}
	img := imagetest.Image{Layers: []imagetest.Layer{
		layer("COPY settings /app # buildkit", imagetest.Text("app/.env", "PORT=8080\nLEVEL=debug\n")),
		layer("COPY login /app # buildkit", imagetest.Text("app/.npmrc", "registry=https://registry.example.org/\n"), imagetest.Text("root/.docker/config.json", `{"credsStore": "desktop"}`)),
		layer("COPY server.txt /srv/ # buildkit", imagetest.Text("srv/server.txt", key), imagetest.Fill("srv/program", 90_000)),
		layer("COPY backup /config/ # buildkit", imagetest.Text("config/backup", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"+key)),
		layer("RUN /bin/sh -c rm /config/backup # buildkit", imagetest.Whiteout("config/backup")),
		layer("RUN /bin/sh -c apt-get install -y dovecot-core # buildkit", imagetest.Text("etc/dovecot/private/dovecot.pem", key)),
		layer("RUN /bin/sh -c echo $KEY > /srv/deploy.pem # buildkit", imagetest.Text("srv/deploy.pem", key)),
		layer("COPY tests /app/tests # buildkit", imagetest.Text("app/tests/server.key", key)),
		layer("COPY lib /usr/lib/x # buildkit", imagetest.Text("usr/lib/x/key.pem", key)),
		layer("COPY .npmrc /home/u/ # buildkit", imagetest.Text("home/u/.npmrc", "//registry.example.org/:_authToken=0f8fad5b-d9cb-469f-a165-70867728950e\n")),
		layer("COPY .env /srv/ # buildkit", imagetest.Text("srv/.env", "DB_PASSWORD=q8Xv2LmT4z\n")),
		layer("COPY id_rsa /root/.ssh/ # buildkit", imagetest.Text("root/.ssh/id_rsa", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nabcd\n-----END ENCRYPTED PRIVATE KEY-----\n")),
		layer("COPY app.py /srv/ # buildkit", imagetest.Text("srv/app.py", `T = "ghp_R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0"`)),                    // made up
		layer("COPY pkg /app/node_modules/ # buildkit", imagetest.Text("app/node_modules/a/a.js", `"ghp_R7x2Kq9LmT4vWz8BnYc3Hd6JfPs1Ga5QeUo0"`)), // made up
		layer("RUN /bin/sh -c git clone $REPO /src # buildkit", imagetest.Text("src/.git/config", "url = https://oauth2:hunter22@git.example.org/a.git\n")),
	}}
	want := []string{
		"certain config/backup: a private key in the image",
		"certain home/u/.npmrc: an npm login in the image",
		"certain src/.git/config: a git login in the image",
		"certain srv/app.py: a GitHub token in the image",
		"certain srv/deploy.pem: a private key in the image",
		"certain srv/server.txt: a private key in the image",
		"likely srv/.env: a password in the image",
		"possible app/.env: settings that may hold secrets in the image",
		"possible app/tests/server.key: a private key in the image",
		"possible etc/dovecot/private/dovecot.pem: a private key in the image",
		"possible root/.ssh/id_rsa: a private key in the image",
	}
	sameEverywhere(t, img, want, secretsOf)
}

func secretsOf(r *model.Report) (list []string) {
	for _, sure := range []model.Confidence{model.Certain, model.Likely, model.Possible} {
		var some []string
		for _, f := range r.Findings {
			if f.Rule == "baked-in-secret" && f.Confidence == sure {
				some = append(some, fmt.Sprint(sure, " ", f.Paths[0], ": ", f.Title))
			}
		}
		list = append(list, slices.Sorted(slices.Values(some))...)
	}
	return list
}
