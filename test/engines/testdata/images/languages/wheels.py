# Makes wheels, since the tests reach no index of Python packages.
import base64, hashlib, zipfile

def wheel(name, version, modules, needs=()):
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    files = dict(modules)
    requires = "".join(f"Requires-Dist: {n}\n" for n in needs)
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}\nA description.\nName: not-me\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: made-up\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    digest = lambda text: base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
    quoted = lambda path: '"' + path.replace('"', '""') + '"' if "," in path else path
    record = "".join(f"{quoted(p)},sha256={digest(text)},{len(text)}\n" for p, text in files.items())
    files[f"{info}/RECORD"] = record + f"{info}/RECORD,,\n"
    with zipfile.ZipFile(f"{stem}-py3-none-any.whl", "w") as z:
        for path, text in files.items():
            z.writestr(path, text)

wheel("Big-Lib", "2.1.0", {"biglib/__init__.py": "x=1\n", 'biglib/data/a, "b".txt': "z" * 500000, "biglib/sub/m.py": "y=2\n"}, ["small.lib>=1 ; python_version>\"3\"", 'extra-only; extra == "test"'])
wheel("small.lib", "1.0", {"smalllib.py": "z=3\n"})
wheel("ns-one", "0.1", {"ns/one/__init__.py": "a=1\n"})
wheel("ns-two", "0.2", {"ns/two/__init__.py": "a=1\n"})
