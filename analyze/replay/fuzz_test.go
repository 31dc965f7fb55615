package replay

import "testing"

// FuzzReplay: whatever is written in a Dockerfile is replayed or refused, and the same
// text leaves the same image.
func FuzzReplay(f *testing.F) {
	for _, text := range []string{
		"FROM debian:bookworm-slim\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nCMD [\"curl\"]\n",
		"FROM golang AS b\nCOPY . .\nRUN go build -o /x .\nFROM scratch\nCOPY --from=b --chown=1:2 --chmod=755 /x /\nUSER 1\n",
		"FROM alpine\nRUN --mount=type=secret,id=a,target=/s apk add curl\nRUN <<EOF\nset -e\ncd /tmp; tar xzf a.tgz\nEOF\nVOLUME /a\n",
		"FROM node\nWORKDIR /app\nENV A=b C=\"d e\"\nARG X=1\nCOPY package.json ./\nRUN npm ci && chown -R node: /app\nENTRYPOINT x $A\n",
		"FROM python\nRUN pip install -r r.txt; python3 -m venv /v; for i in *; do mv $i /; done | xargs find / -name x -delete\n",
	} {
		f.Add(text)
	}
	context := map[string]File{"a/b.txt": {Size: 100}, "package.json": {Body: []byte("{}")}, ".dockerignore": {Body: []byte("x\n")}}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 4<<10 {
			return
		}
		img, err := Replay([]byte(text), Options{Context: context})
		if err != nil {
			return
		}
		if _, err := img.Archive(); err != nil {
			return // a name that no tar holds
		}
		again, err := Replay([]byte(text), Options{Context: context})
		if err != nil || len(again.Layers) != len(img.Layers) {
			t.Errorf("replayed twice it is another image: %v", err)
		}
	})
}
