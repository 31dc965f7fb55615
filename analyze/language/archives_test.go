package language_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/tare-oci/tare/analyze/imagetest/quick"
)

// zipped is a member of an archive.
type zipped struct {
	name, content string
	how           how
}

// how a member is stored.
type how uint8

const (
	deflated   how = iota // with its length in the header
	stored                // likewise
	descriptor            // deflated, with its length behind it
)

// archive makes a ZIP file. The members that are not named are the same each time.
func archive(t testing.TB, members ...zipped) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if m.how == descriptor {
			out, err := w.CreateHeader(h)
			if err == nil {
				_, err = out.Write([]byte(m.content))
			}
			if err != nil {
				t.Fatal(err)
			}
			continue
		}
		body := []byte(m.content)
		h.CRC32, h.UncompressedSize64 = crc32.ChecksumIEEE(body), uint64(len(body))
		if h.Method = zip.Store; m.how == deflated {
			h.Method, body = zip.Deflate, raw(t, body)
		}
		h.CompressedSize64 = uint64(len(body))
		out, err := w.CreateRaw(h)
		if err == nil {
			_, err = out.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// raw is what deflate makes of a content: that of zlib without its ends.
func raw(t testing.TB, content []byte) []byte {
	p := packed(t, string(content), 6)
	return p[2 : len(p)-4]
}

func pom(group, artifact, version string, how how) zipped {
	return zipped{"META-INF/maven/" + group + "/" + artifact + "/pom.properties", "#Created\nversion=" + version + "\ngroupId=" + group + "\nartifactId=" + artifact + "\n", how}
}

func manifest(text string, how how) zipped { return zipped{"META-INF/MANIFEST.MF", text, how} }

// class is a member that nobody reads, with a beginning of another one in it.
func class(how how) zipped {
	return zipped{"a/B.class", strings.Repeat("PK\x07\x08 PK\x03\x04 class file ", 3000), how}
}

func TestArchives(t *testing.T) {
	for _, how := range []how{deflated, stored, descriptor} {
		inner := string(archive(t, class(how), pom("org.in", "inner", "0.9", how), class(how)))
		plain := string(archive(t, manifest("Manifest-Version: 1.0\r\nBundle-Version: 7.\r\n 1\r\n\r\nName: x\r\nImplementation-Version: 9\r\n", how), class(how)))
		for _, test := range []struct {
			name    string
			path    string
			content []byte
			want    []string
		}{
			{"maven", "app/lib/shop-1.jar", archive(t, manifest("Implementation-Version: 2\n", how), class(how), pom("org.x", "shop", "1.0.1", how)), []string{"maven org.x:shop 1.0.1"}},
			{"merged", "app/all-2.0.jar", archive(t, class(how), pom("org.x", "a", "1", how), pom("org.x", "all", "2.0", how), pom("org.x", "b", "3", how)), []string{"maven org.x:all 2.0", "maven org.x:a 1", "maven org.x:b 3"}},
			{"manifest", "lib/thing.jar", []byte(plain), []string{"maven thing 7.1"}},
			{"a name", "lib/some-thing-1.2.3-jre.jar", archive(t, class(how)), []string{"maven some-thing 1.2.3-jre"}},
			{"nothing", "lib/app.jar", archive(t, class(how)), []string{"maven app"}},
			{"jars in a jar", "app.jar", archive(t, pom("org.x", "app", "1", how), zipped{"BOOT-INF/lib/inner-0.9.jar", inner, stored}, class(how), zipped{"BOOT-INF/lib/plain.jar", plain, stored}, zipped{"BOOT-INF/lib/packed-5.jar", inner, deflated}, pom("org.x", "late", "8", how)),
				[]string{"maven org.x:app 1", "maven org.x:late 8", "maven org.in:inner 0.9", "maven plain 7.1", "maven packed 5"}},
			{"jars in a jar in a war", "x.war", archive(t, zipped{"WEB-INF/lib/mid-1.jar", string(archive(t, class(how), zipped{"lib/inner.jar", inner, stored})), stored}, class(how)), []string{"maven x", "maven mid 1", "maven org.in:inner 0.9"}},
			{"a broken jar in a jar", "app.jar", archive(t, zipped{"lib/bad-1.jar", "no archive", stored}, zipped{"lib/cut-2.jar", inner[:len(inner)/2], stored}, pom("org.x", "app", "1", how)), nil},
			{"egg", "site/thing-1.0-py3.11.egg", archive(t, class(how), zipped{"EGG-INFO/PKG-INFO", "Metadata-Version: 1.0\nName: thing\nVersion: 1.0\n\nName: x\n", how}), []string{"pip thing 1.0"}},
			{"no egg", "site/thing-1.0-py3.11.egg", archive(t, class(how)), nil},
			{"yarn", "app/.yarn/cache/@scope-thing-npm-1.0.0-0123456789-abcdef.zip", archive(t, zipped{"node_modules/@scope/thing/lib/package.json", "{}", how}, zipped{"node_modules/@scope/thing/package.json", `{"name":"@scope/thing","version":"1.0.0"}`, how}), []string{"npm @scope/thing 1.0.0"}},
			{"yarn, by its name", "app/.yarn/cache/thing-npm-1.0.0-beta.1-0123456789-abcdef.zip", archive(t, class(how)), []string{"npm thing 1.0.0-beta.1"}},
			{"another zip", "app/x.zip", archive(t, pom("org.x", "shop", "1.0.1", how)), nil},
		} {
			t.Run(fmt.Sprint(test.name, how), func(t *testing.T) {
				f, ok := read(t, test.path, test.content)
				if strings.HasPrefix(test.name, "a broken") {
					return // the same in every way is all that is asked
				}
				if diff := cmp.Diff(test.want, rowsOf(f)); diff != "" || ok != (test.want != nil) {
					t.Errorf("%v (-want +got):\n%s", ok, diff)
				}
			})
		}
	}
}

// TestArchiveBombs reads archives that unpack to more than they should, in bounded memory.
func TestArchiveBombs(t *testing.T) {
	bomb := strings.Repeat("a", 40<<20)
	small := archive(t, zipped{"META-INF/maven/a/b/pom.properties", bomb, deflated}, pom("g", "a", "1", deflated))
	f, _ := read(t, "a.jar", small)
	if diff := cmp.Diff([]string{"maven g:a 1", "maven a:b"}, rowsOf(f)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var many []zipped
	for i := range 300 {
		many = append(many, zipped{fmt.Sprintf("META-INF/maven/g/a%d/pom.properties", i), bomb[:200<<10], deflated})
	}
	if f, _ := read(t, "a.jar", archive(t, many...)); len(f.Rows) > 60 {
		t.Errorf("%d members of 200 kB were unpacked", len(f.Rows))
	}
	in := archive(t, class(deflated))
	for range 10 {
		in = archive(t, zipped{"x.jar", string(in), stored})
	}
	if f, _ := read(t, "a.jar", in); len(f.Rows) != 5 {
		t.Errorf("%d archives in one another", len(f.Rows))
	}
}

// TestStores reads contents that only have the name of a store when they pass.
func TestStores(t *testing.T) {
	const object = "sysroot/ostree/repo/objects/ab/cdef.file"
	module := `{"name":"thing","version":"1.0.0","devDependencies":{"x":"1"}}`
	for _, test := range []struct {
		path, content string
		want          []string
	}{
		{"root/.local/share/pnpm/store/v3/files/ab/cdef0123", module, []string{"npm thing 1.0.0"}},
		{"app/.pnpm-store/v10/files/ab/cdef0123", module, []string{"npm thing 1.0.0"}},
		{"app/.pnpm-store/v10/files/ab/cdef0123", `{"some":"other json"}`, nil},
		{"app/files/ab/cdef0123", module, nil},
		{object, module, []string{"npm thing 1.0.0"}},
		{object, "Metadata-Version: 2.1\nName: thing\nVersion: 2\n", []string{"pip thing 2"}},
		{object, "thing/__init__.py,sha256=47DEQpj8HBSa,0\nthing.dist-info/RECORD,,\n", []string{"pip"}},
		{object, "just-a-line-of-some-text-without-blanks\n", nil},
	} {
		f, ok := read(t, test.path, []byte(test.content))
		if diff := cmp.Diff(test.want, rowsOf(f)); diff != "" || ok != (test.want != nil) {
			t.Errorf("%s: %v (-want +got):\n%s", test.path, ok, diff)
		}
	}
}
