package structure_test

// wholeCases are about directories that a RUN changes as a whole, and about what stands between a RUN
// and the change of owner.
var wholeCases = []ownerCase{
	{"a directory that holds another RUN's files", user + `
			RUN mkdir /opt
			+ opt/
			RUN ./fetch
			+ opt/one/
			+ opt/one/f*
			RUN ./fetch
			+ opt/two/
			+ opt/two/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/one/ 5:5
			+ opt/one/f* 5:5
			+ opt/two/ 5:5
			+ opt/two/a 5:5`, ""},
	{"a hard link to a file elsewhere", user + `
			RUN ./fetch
			+ opt/
			+ opt/big/
			+ opt/big/f*
			+ opt/big/h
			+ usr/lib/x => opt/big/h
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/f* 5:5
			+ opt/big/h 5:5`, ""},
	{"a hard link to a file beside it", user + `
			RUN ./fetch
			+ opt/
			+ opt/big/
			+ opt/big/f*
			+ opt/big/x
			+ opt/big/h => opt/big/x
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/f* 5:5
			+ opt/big/x 5:5
			+ opt/big/h=opt/big/x 5:5`, "RUN ./fetch \\\n    && chown -R app:app /opt/big\nCOPY x /x"},
	{"files that are removed before the chown", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			COPY pay /opt/big/pay
			+ opt/big/pay/
			+ opt/big/pay/p*
			RUN ./fetch
			+ opt/big/f*
			RUN rm -r /opt/big/pay
			+ -opt/big/pay
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/f* 5:5`, ""},
	{"a directory into which an archive is unpacked later", user + `
			RUN mkdir /opt
			+ opt/
			RUN ./fetch
			+ opt/one/
			+ opt/one/a
			RUN tar -xzf /x.tgz -C /opt/tools
			+ opt/tools/
			+ opt/tools/b
			COPY x /opt/x
			+ opt/x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/one/ 5:5
			+ opt/one/a 5:5
			+ opt/tools/ 5:5
			+ opt/tools/b 5:5
			+ opt/x 5:5`, "RUN ./fetch \\\n    && chown -R app:app /opt\nRUN tar -xzf /x.tgz -C /opt/tools \\\n    && chown -R app:app /opt/tools\nCOPY --chown=app:app x /opt/x\nRUN chown app:app /opt"},
	{"a script that is made executable in between", user + `
			RUN mkdir /opt
			+ opt/
			RUN ./fetch
			+ opt/one/
			+ opt/one/f*
			COPY scripts/ /opt/ci/
			+ opt/ci/
			+ opt/ci/x.sh%
			RUN chmod +x /opt/ci/*.sh
			+ opt/ci/x.sh% 0:0 755
			COPY x /x
			+ x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/one/ 5:5
			+ opt/one/f* 5:5
			+ opt/ci/ 5:5
			+ opt/ci/x.sh% 5:5 755`, "RUN ./fetch \\\n    && chown -R app:app /opt\nCOPY --chown=app:app scripts/ /opt/ci/\nRUN chmod +x /opt/ci/*.sh\nCOPY x /x\nRUN chown app:app /opt/ci"},
	{"a user that needs the group of the RUN that it would pass", `
			RUN groupadd media && ./fetch
			+ etc/group
			+ opt/
			+ opt/big/
			+ opt/big/v*
			COPY x /x
			+ x
			RUN useradd -G media app
			+ etc/passwd
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a user whose home is made before", `
			RUN mkdir -p /home/app/.config && ./fetch
			+ home/app/.config/
			+ opt/
			+ opt/big/
			+ opt/big/v*
			COPY x /x
			+ x
			RUN useradd -m app
			+ etc/passwd
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"scripts that npm runs as who owns the package", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/package.json
			+ opt/big/v*
			RUN npm run build
			+ srv/index
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/package.json 5:5
			+ opt/big/v* 5:5`, ""},
	{"a directory that the last RUN makes anew", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN mkdir run; ./fetch
			+ opt/big/run/
			+ opt/big/v*
			COPY x /x
			+ x
			RUN rm -rf /opt/big/run && mkdir -p /opt/big/run && chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/run/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a directory that a RUN in between makes anew", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN mkdir run; ./fetch
			+ opt/big/run/
			+ opt/big/v*
			RUN rmdir run && mkdir -p run
			+ srv/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/run/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"an owner that a RUN in between sets", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			RUN install -d -o root -g root /opt/big/conf
			+ srv/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a COPY onto directories that are there", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			COPY root/ /
			+ srv/a
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, "RUN ./fetch \\\n    && chown -R app:app /opt/big\nCOPY root/ /\nRUN chown app:app /opt/big"},
	{"a variable that the RUN sets", user + `
			ENV OWNER=5
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN for OWNER in 1 2; do ./fetch $OWNER; done
			+ opt/big/v*
			COPY x /x
			+ x
			RUN chown -R $OWNER /opt/big
			+ opt/big/ 5:0
			+ opt/big/v* 5:0`, ""},
	{"a chown that is not recursive", user + `
			COPY conf/ /opt/conf/
			+ opt/
			+ opt/conf/
			+ opt/conf/k
			RUN ./fetch
			+ opt/data
			+ opt/more
			COPY x /x
			+ x
			RUN chown app:app /opt/*
			+ opt/conf/ 5:5
			+ opt/data 5:5
			+ opt/more 5:5`, ""},
	{"a bit that the chown takes away", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			COPY x /x
			+ x
			RUN chmod 4755 /opt/big/v1 && chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"capabilities that the RUN gives", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big && setcap cap_net_raw+ep /opt/big/v1
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a test of who owns a file", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			RUN if [ -O /opt/big/v1 ]; then mkdir /srv/mine; fi
			+ srv/mine/
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"what sudo by its path does as another", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			RUN /usr/bin/sudo -u app ./look
			+ srv/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a package that notes owners", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			RUN dpkg-deb --build /opt/big /p.deb
			+ p.deb
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a version in a variable", user + `
			ARG V=25
			WORKDIR /opt
			+ opt/
			RUN ./fetch tool-${V}.zip
			+ opt/tool-25.zip
			RUN ./fetch other
			+ opt/other/
			+ opt/other/a
			COPY x /x
			+ x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/tool-25.zip 5:5
			+ opt/other/ 5:5
			+ opt/other/a 5:5`, "RUN ./fetch tool-${V}.zip \\\n    && chown app:app /opt/tool-${V}.zip\nRUN ./fetch other \\\n    && chown -R app:app /opt/other\nCOPY x /x\nRUN chown app:app /opt"},
	{"an archive that is made in between", user + `
			RUN mkdir /opt
			+ opt/
			RUN ./fetch
			+ opt/tools/
			+ opt/tools/a
			RUN tar -czf /x.tgz -C /opt/tools .
			+ x.tgz
			COPY x /opt/x
			+ opt/x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/tools/ 5:5
			+ opt/tools/a 5:5
			+ opt/x 5:5`, ""},
	{"a user behind a RUN and a COPY", `
			RUN mkdir /opt
			+ opt/
			RUN ./fetch
			+ opt/one/
			+ opt/one/a
			RUN useradd app
			+ etc/passwd
			COPY x /opt/x
			+ opt/x
			RUN chown -R app:app /opt
			+ opt/ 5:5
			+ opt/one/ 5:5
			+ opt/one/a 5:5
			+ opt/x 5:5`, "RUN useradd app\nRUN ./fetch \\\n    && chown -R app:app /opt\nCOPY --chown=app:app x /opt/x"},
	{"a RUN behind a COPY that npm would heed", `
			RUN mkdir /srv
			+ srv/
			COPY . /app
			+ app/
			+ app/b
			RUN cd /app && npm ci
			+ app/node_modules/
			+ app/node_modules/f*
			COPY x /x
			+ x
			RUN useradd app && chown -R app:app /app
			+ etc/passwd
			+ app/ 5:5
			+ app/b 5:5
			+ app/node_modules/ 5:5
			+ app/node_modules/f* 5:5`, "RUN useradd app\nRUN cd /app && npm ci \\\n    && chown -R app:app /app\nCOPY x /x"},
	{"files that have the owner already, and are stored again, too", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			RUN ./give
			+ opt/big/w* 5:5
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5
			+ opt/big/w* 5:5`, ""},
	{"a setuid bit that the chown takes away", user + `
			WORKDIR /opt/big
			+ opt/
			+ opt/big/
			RUN ./fetch
			+ opt/big/v*
			RUN install -o app -g app -m 4755 tool /opt/big/tool
			+ opt/big/tool 5:5 4755
			COPY x /x
			+ x
			RUN chown -R app:app /opt/big
			+ opt/big/ 5:5
			+ opt/big/v* 5:5
			+ opt/big/tool 5:5 755`, ""},
	{"a number that another user of the RUN has", `
			RUN ./fetch; useradd -r svc
			+ etc/passwd
			+ opt/
			+ opt/big/
			+ opt/big/v*
			COPY x /x
			+ x
			RUN useradd -r app && chown -R app:app /opt/big
			+ etc/passwd!
			+ opt/big/ 5:5
			+ opt/big/v* 5:5`, ""},
	{"a virtual environment that a second RUN fills, and a COPY behind it", user + `
			WORKDIR /srv/x
			+ srv/x/
			RUN python3 -m venv venv
			+ srv/x/venv/
			+ srv/x/venv/a*
			RUN venv/bin/pip install y
			+ srv/x/venv/b*
			COPY app ./app
			+ srv/x/app/
			+ srv/x/app/c
			RUN chown -R app:app /srv/x
			+ srv/x/ 5:5
			+ srv/x/venv/ 5:5
			+ srv/x/venv/a* 5:5
			+ srv/x/venv/b* 5:5
			+ srv/x/app/ 5:5
			+ srv/x/app/c 5:5`, "RUN venv/bin/pip install y \\\n    && chown -R app:app /srv/x\nCOPY --chown=app:app app ./app"},
}
