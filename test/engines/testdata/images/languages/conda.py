# Makes an environment as conda leaves it: packages unpacked in pkgs and linked from there, with
# a record of each in conda-meta.
import json, os, sys

root = sys.argv[1]

def package(name, version, files, depends=(), asked=""):
    full = f"{name}-{version}-0"
    unpacked = f"{root}/pkgs/{full}"
    for path, text in files.items():
        for base in (unpacked, root):
            os.makedirs(os.path.dirname(f"{base}/{path}"), exist_ok=True)
        with open(f"{unpacked}/{path}", "w") as f:
            f.write(text)
        os.link(f"{unpacked}/{path}", f"{root}/{path}")
    os.makedirs(f"{unpacked}/info", exist_ok=True)
    with open(f"{unpacked}/info/index.json", "w") as f:
        json.dump({"name": name, "version": version}, f)
    os.makedirs(f"{root}/conda-meta", exist_ok=True)
    meta = {"name": name, "version": version, "build": "0", "files": list(files), "depends": list(depends), "extracted_package_dir": unpacked, "link": {"source": unpacked, "type": 1}}
    if asked:
        meta["requested_spec"] = asked
    with open(f"{root}/conda-meta/{full}.json", "w") as f:
        json.dump(meta, f)

site = "lib/python3.11/site-packages"
package("libthing", "3.0.1", {"lib/libthing.so.3": "t" * 70000, "include/thing.h": "int thing;\n"})
package("thing", "1.4", {
    f"{site}/thing/__init__.py": "import x\n" * 100,
    f"{site}/thing-1.4.dist-info/METADATA": "Metadata-Version: 2.1\nName: thing\nVersion: 1.4\n",
    f"{site}/thing-1.4.dist-info/RECORD": "thing/__init__.py,,\nthing-1.4.dist-info/METADATA,,\nthing-1.4.dist-info/RECORD,,\n",
}, ["libthing >=3,<4", "python_abi 3.11.* *_cp311"], "thing")
