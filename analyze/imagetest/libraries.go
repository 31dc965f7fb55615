package imagetest

// Site is where Python's packages lie in the image of [Libraries].
const Site = "usr/local/lib/python3.11/site-packages"

// dist is what pip leaves for a package: METADATA, RECORD, and REQUESTED if it was asked for.
func dist(name, version string, asked bool, needs string, files ...string) []File {
	info := name + "-" + version + ".dist-info/"
	metadata := "Metadata-Version: 2.1\nName: " + name + "\nVersion: " + version + "\n"
	if needs != "" {
		metadata += "Requires-Dist: " + needs + "\n"
	}
	list := []File{Text(Site+"/"+info+"METADATA", metadata+"\nName: a line of the description\n")}
	record := info + "METADATA,,\n" + info + "RECORD,,\n"
	for _, f := range files {
		record += f + ",sha256=47DEQpj8HBSa,12\n"
	}
	list = append(list, Text(Site+"/"+info+"RECORD", record))
	if asked {
		list = append(list, Text(Site+"/"+info+"REQUESTED", ""))
	}
	return list
}

// Libraries is an image with packages of the system, of Python and of Node in it. Some of
// Python's are the system's; a module lies in a module, is only there for development, or is
// only named by hard links to a store.
func Libraries() Image {
	system := "Package: python3-six\nStatus: install ok installed\nVersion: 1.16\nArchitecture: all\n\n"
	var python []File
	python = append(python, dist("Big_Lib", "2.1", true, `small-lib>=1 ; python_version>"3"`, "biglib/__init__.py", "biglib/core/a.py", "../../../bin/big", "ns/one/x.py")...)
	python = append(python, dist("small.lib", "1.0", false, "", "small.py", "ns/two/y.py")...)
	python = append(python, Fill(Site+"/"+"biglib/__init__.py", 10), Fill(Site+"/"+"biglib/core/a.py", 20), Fill(Site+"/"+"biglib/core/__pycache__/a.cpython-311.pyc", 30),
		Fill("usr/local/bin/big", 40), Fill(Site+"/"+"small.py", 1), Fill(Site+"/"+"ns/one/x.py", 2), Fill(Site+"/"+"ns/two/y.py", 3), Fill(Site+"/"+"nobody.py", 500))
	node := []File{
		Text("app/package.json", `{"name":"shop","dependencies":{"web":"^1"},"devDependencies":{"check":"*"}}`),
		Text("app/node_modules/web/package.json", `{"name":"web","version":"1.2.3","dependencies":{"depth":"1"}}`),
		Text("app/node_modules/web/esm/package.json", `{"type":"module"}`),
		Fill("app/node_modules/web/index.js", 100),
		Text("app/node_modules/web/node_modules/depth/package.json", `{"name":"depth","version":"1.0.0"}`),
		Text("app/node_modules/check/package.json", `{"name":"check","version":"9.0.0","dependencies":{"depth":"2"}}`),
		Text("app/node_modules/depth/package.json", `{"name":"depth","version":"2.0.0"}`),
		Text("app/node_modules/@scope/alone/package.json", `not json`),
	}
	return Image{Layers: []Layer{
		{CreatedBy: "RUN /bin/sh -c apt-get install -y python3-six # buildkit", Files: []File{
			Text("var/lib/dpkg/status", system),
			Text("var/lib/dpkg/info/python3-six.list", "/.\n/usr/lib/python3/dist-packages/six.py\n/usr/lib/python3/dist-packages/six-1.16.egg-info\n"),
			Text("usr/lib/python3/dist-packages/six-1.16.egg-info", "Metadata-Version: 2.1\nName: six\nVersion: 1.16\n"),
			Fill("usr/lib/python3/dist-packages/six.py", 7),
		}},
		{CreatedBy: "RUN /bin/sh -c pip install Big_Lib # buildkit", Files: python},
		{CreatedBy: "RUN /bin/sh -c npm install # buildkit", Files: node},
	}}
}
