# Says of all jars and wars of a system what Maven noted in them: PATH GROUP:ARTIFACT VERSION.
import io
import os
import sys
import zipfile


def tell(where, data, inside=""):
    with zipfile.ZipFile(data) as z:
        for name in z.namelist():
            if name.startswith("META-INF/maven/") and name.endswith("/pom.properties"):
                said = dict(line.strip().split("=", 1) for line in z.read(name).decode().splitlines() if "=" in line and not line.startswith("#"))
                print(where, said["groupId"] + ":" + said["artifactId"], said["version"])
            elif name.endswith((".jar", ".war")):
                tell(where, io.BytesIO(z.read(name)), name)


for top in sys.argv[1:]:
    for directory, _, files in os.walk(top):
        for name in sorted(files):
            path = os.path.join(directory, name)
            if name.endswith((".jar", ".war")) and not os.path.islink(path):
                tell(path, path)
