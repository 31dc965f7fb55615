package analyze_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/imagetest"
	"github.com/tare-oci/tare/model"
)

// workspaceFiles are what npm ci leaves of a workspace: links in node_modules to the packages of it,
// one of which only development needs, one without needs of its own, and one that another project
// has linked by way of npm's own directory (npm link).
func workspaceFiles() tar {
	return tar{
		imagetest.Text("app/package.json", `{"name":"root","workspaces":["packages/*"],"dependencies":{"ms":"2"},"devDependencies":{"tool":"file:tool"}}`),
		imagetest.Text("app/node_modules/.package-lock.json", `{"packages":{"packages/x":{"version":"1.2.0"},"node_modules/x":{"resolved":"packages/x","link":true},"node_modules/ms":{"version":"2.1.3"}}}`),
		imagetest.Text("app/packages/x/package.json", `{"name":"x","version":"1.2.0","main":"i.js","dependencies":{"ms":"1"}}`),
		imagetest.Fill("app/packages/x/i.js", 100),
		imagetest.Text("app/packages/x/node_modules/ms/package.json", `{"name":"ms","version":"1.0.0"}`),
		imagetest.Text("app/packages/y/package.json", `{"name":"@s/y","version":"2.0.0","dependencies":{"x":"*"},"devDependencies":{"check":"1"}}`),
		imagetest.Text("app/packages/alone/package.json", `{"name":"alone","version":"0.0.1"}`),
		imagetest.Text("app/tool/package.json", `{"name":"tool","version":"3.0.0"}`),
		imagetest.Symlink("app/node_modules/x", "../packages/x"),
		imagetest.Symlink("app/node_modules/@s/y", "../../packages/y"),
		imagetest.Symlink("app/node_modules/alone", "../packages/alone"),
		imagetest.Symlink("app/node_modules/tool", "../tool"),
		imagetest.Symlink("app/node_modules/gone", "../nowhere"),
		imagetest.Symlink("app/node_modules/.bin/x", "../x/i.js"),
		imagetest.Text("app/node_modules/ms/package.json", `{"name":"ms","version":"2.1.3"}`),
		imagetest.Text("app/node_modules/check/package.json", `{"name":"check","version":"1.0.0"}`),
		imagetest.Text("src/mine/package.json", `{"name":"mine","version":"7.0.0"}`),
		imagetest.Symlink("usr/lib/node_modules/mine", "../../../src/mine"),
		imagetest.Symlink("app/node_modules/mine", "../../usr/lib/node_modules/mine"),
	}
}

// isolatedFiles are what pnpm leaves: each module in a directory of its own in node_modules/.pnpm,
// with links beside it to what it needs. Another project's node_modules is a link altogether.
func isolatedFiles() tar {
	const store = "app/node_modules/.pnpm/"
	return tar{
		imagetest.Text("app/package.json", `{"name":"p","dependencies":{"web":"1"},"devDependencies":{"check":"1"}}`),
		imagetest.Text(store+"web@1.0.0/node_modules/web/package.json", `{"name":"web","version":"1.0.0","dependencies":{"ms":"2"}}`),
		imagetest.Text(store+"ms@2.0.0/node_modules/ms/package.json", `{"name":"ms","version":"2.0.0"}`),
		imagetest.Text(store+"ms@1.0.0/node_modules/ms/package.json", `{"name":"ms","version":"1.0.0"}`),
		imagetest.Text(store+"check@1.0.0/node_modules/check/package.json", `{"name":"check","version":"1.0.0","dependencies":{"ms":"1"}}`),
		imagetest.Symlink(store+"web@1.0.0/node_modules/ms", "../../ms@2.0.0/node_modules/ms"),
		imagetest.Symlink(store+"check@1.0.0/node_modules/ms", "../../ms@1.0.0/node_modules/ms"),
		imagetest.Symlink(store+"node_modules/ms", "../ms@2.0.0/node_modules/ms"),
		imagetest.Symlink("app/node_modules/web", ".pnpm/web@1.0.0/node_modules/web"),
		imagetest.Symlink("app/node_modules/check", ".pnpm/check@1.0.0/node_modules/check"),
		imagetest.Text("deps/node_modules/far/package.json", `{"name":"far","version":"4.0.0"}`),
		imagetest.Text("srv/package.json", `{"dependencies":{"far":"4"}}`),
		imagetest.Symlink("srv/node_modules", "/deps/node_modules"),
	}
}

// TestLinkedModules: a module that links lead to is listed once, where its files are, with the
// reason that those give it who find it by the links; and no file has two owners.
func TestLinkedModules(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		files tar
		want  string
	}{
		{"workspace", workspaceFiles(), `
npm check 1.0.0 layer 0 dev in app/node_modules/check, 34 bytes
npm ms 2.1.3 layer 0 manual in app/node_modules/ms, 31 bytes
npm ms 1.0.0 layer 0 manual in app/packages/x/node_modules/ms, 31 bytes, needed by x
npm @s/y 2.0.0 layer 0 manual in app/packages/y, 90 bytes
npm alone 0.0.1 layer 0 manual in app/packages/alone, 34 bytes
npm mine 7.0.0 layer 0 manual in src/mine, 33 bytes
npm tool 3.0.0 layer 0 dev in app/tool, 33 bytes
npm x 1.2.0 layer 0 manual in app/packages/x, 170 bytes, needed by @s/y`},
		{"a scope that is a link", tar{
			imagetest.Symlink("app/node_modules/@s", "../packages"), imagetest.Text("app/packages/y/package.json", `{"name":"@s/y","version":"2.0.0"}`),
			imagetest.Text("app/package.json", `{"name":"app","dependencies":{"@s/y":"*"}}`),
		}, `
npm @s/y 2.0.0 layer 0 manual in app/packages/y, 33 bytes`},
		{"pnpm", isolatedFiles(), `
npm check 1.0.0 layer 0 dev in app/node_modules/.pnpm/check@1.0.0/node_modules/check, 60 bytes
npm ms 1.0.0 layer 0 dev in app/node_modules/.pnpm/ms@1.0.0/node_modules/ms, 31 bytes, needed by check
npm ms 2.0.0 layer 0 dependency in app/node_modules/.pnpm/ms@2.0.0/node_modules/ms, 31 bytes, needed by web
npm web 1.0.0 layer 0 manual in app/node_modules/.pnpm/web@1.0.0/node_modules/web, 58 bytes
npm far 4.0.0 layer 0 manual in deps/node_modules/far, 32 bytes`},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := sameEverywhere(t, imagetest.Image{Layers: layers{{Files: test.files}}}, strings.Split(strings.TrimSpace(test.want), "\n"), librariesOf)
			owned := make([]int64, len(r.Packages))
			for i, owner := range r.Tree.Libraries {
				if owner >= 0 && r.Tree.Records[i].Kind == model.File {
					owned[owner] += r.Tree.Records[i].Size.Bytes()
				}
			}
			for i := range r.Packages {
				if p := &r.Packages[i]; p.Bytes != owned[i] {
					t.Errorf("%s has %d bytes and owns %d", p.Name, p.Bytes, owned[i])
				}
			}
		})
	}
}

// TestModulesLinkedInACircle: links that lead to each other, to themselves and out of the image
// lead nowhere.
func TestModulesLinkedInACircle(t *testing.T) {
	files := tar{
		imagetest.Text("app/package.json", `{"dependencies":{"a":"1","b":"1"}}`),
		imagetest.Symlink("app/node_modules/a", "b"), imagetest.Symlink("app/node_modules/b", "a"),
		imagetest.Symlink("app/node_modules/self", "self"), imagetest.Symlink("app/node_modules/out", "../../../../../x"),
		imagetest.Symlink("srv/node_modules", "node_modules"), imagetest.Symlink("app/node_modules/up", ".."),
		imagetest.Symlink("app/node_modules/root", "/"),
	}
	sameEverywhere(t, imagetest.Image{Layers: layers{{Files: files}}}, nil, librariesOf)
}
