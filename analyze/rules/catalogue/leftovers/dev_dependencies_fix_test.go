package leftovers_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tare-oci/tare/analyze/rules/rulestest"
)

// TestDevEdits: the install of PHP's and Python's packages without those for development;
// a hint where something behind it, or the container, may call them.
func TestDevEdits(t *testing.T) {
	const (
		php    = "+ app/vendor/phpunit/phpunit/x.php\n"
		python = "+ usr/lib/python3.11/site-packages/pytest/x.py\n"
		venv   = "+ app/.venv/lib/python3.11/site-packages/pytest/x.py\n"
	)
	const run = "CMD [\"gunicorn\", \"app\"]\nconfig {\"Cmd\": [\"gunicorn\", \"app\"]}"
	const apache = "CMD [\"apache2-foreground\"]\nconfig {\"Cmd\": [\"apache2-foreground\"]}"
	for _, test := range []struct{ name, image, want string }{
		{"composer", "RUN composer install --optimize-autoloader\n" + php + apache, "RUN composer install --no-dev --optimize-autoloader"},
		{"composer as a file", "RUN php composer.phar install && rm composer.phar\n" + php + apache, "RUN php composer.phar install --no-dev && rm composer.phar"},
		{"Symfony in production", "ENV APP_ENV=prod\nRUN composer install\n" + php + "+ app/vendor/symfony/framework-bundle/x.php\nCMD [\"apache2-foreground\"]\nconfig {\"Cmd\": [\"apache2-foreground\"], \"Env\": [\"APP_ENV=prod\"]}", "RUN composer install --no-dev"},
		{"two files of requirements", "RUN pip install -r requirements.txt -r requirements-dev.txt\n" + python + run, "RUN pip install -r requirements.txt"},
		{"files in a folder", "RUN python -m pip install -r requirements/base.txt -r requirements/test.txt\n" + python + run, "RUN python -m pip install -r requirements/base.txt"},
		{"extras", "RUN pip install '.[dev]'\n" + python + run, "RUN pip install ."},
		{"extras without quotes", "RUN pip install .[dev,test]\n" + python + run, "RUN pip install ."},
		{"pipenv", "RUN pipenv install --system --dev\n" + python + run, "RUN pipenv install --system"},
		{"uv", "RUN uv sync --frozen\n" + venv + run, "RUN uv sync --no-dev --frozen"},

		{"left out already", "RUN composer install --no-dev\n" + php + apache, ""},
		{"a test behind it", "RUN composer install\n" + php + "RUN vendor/bin/phpunit\n+ x\n" + apache, ""},
		{"a script behind it", "RUN composer install\n" + php + "RUN ./check.sh\n+ x\n" + apache, ""},
		{"Symfony as its developers run it", "RUN composer install\n" + php + "+ app/vendor/symfony/framework-bundle/x.php\n" + apache, ""},
		{"an environment for development", "RUN composer install\n" + php + "CMD [\"apache2-foreground\"]\nconfig {\"Cmd\": [\"apache2-foreground\"], \"Env\": [\"APP_ENV=local\"]}", ""},
		{"composer for all users", "RUN composer global require phpunit/phpunit\n" + php + apache, ""},
		{"only one file", "RUN pip install -r requirements-dev.txt\n" + python + run, ""},
		{"a file with a like name", "RUN pip install -r requirements.txt -r devices.txt\n" + python + run, ""},
		{"extras for the program, too", "RUN pip install '.[web,dev]'\n" + python + run, ""},
		{"a test runs in the same RUN", "RUN pip install -r requirements.txt -r requirements-dev.txt && pytest\n" + python + run, ""},
		{"the container runs tests", "RUN pip install -r requirements.txt -r requirements-dev.txt\n" + python + "CMD [\"pytest\", \"tests\"]\nconfig {\"Cmd\": [\"pytest\", \"tests\"]}", ""},
		{"an image for people", "RUN pip install -r requirements.txt -r requirements-dev.txt\n" + python + "config {\"Cmd\": [\"bash\"]}", ""},
		{"an image to build upon", "RUN pip install -r requirements.txt -r requirements-dev.txt\n" + python + "ONBUILD COPY . .\n" + run, ""},
		{"a tool by its name", "RUN pip install flask pytest\n" + python + run, ""},
		{"uv in a group", "RUN uv sync --all-groups\n" + venv + run, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := rulestest.Parse(t, test.image).Findings(t, "dev-dependencies")
			if len(found) != 1 {
				t.Fatalf("%d findings", len(found))
			}
			got := rulestest.Text(found[0].Fix.After)
			if diff := cmp.Diff(test.want, got); diff != "" || (got != "") != (found[0].Fix.Risk != "") {
				t.Errorf("(-want +got):\n%s%s", diff, found[0].Fix.Summary)
			}
		})
	}
}
