# Makes a project of PHP with packages that lie beside it, since the tests reach no index.
set -e
package() { # NAME VERSION REST
  mkdir -p "/made/php/$1/src"
  echo "{\"name\":\"made/$1\",\"version\":\"$2\"$3}" > "/made/php/$1/composer.json"
  echo "<?php // $1" > "/made/php/$1/src/x.php"
}
package log 3.1.0 ''
package web 1.0.2 ',"require":{"made/log":"*"},"bin":["bin/serve"]'
mkdir -p /made/php/web/bin && echo '<?php' > /made/php/web/bin/serve
package check 9.9 ''
mkdir -p /php && cat > /php/composer.json <<'JSON'
{"name":"made/shop","require":{"made/web":"*"},"require-dev":{"made/check":"*"},
"repositories":[{"packagist.org":false},{"type":"path","url":"/made/php/*","options":{"symlink":false}}]}
JSON
