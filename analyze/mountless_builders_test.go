package analyze

import "testing"

// TestMountlessBuilder: whoever builds a Dockerfile without BuildKit refuses its cache mounts.
func TestMountlessBuilder(t *testing.T) {
	const (
		heroku   = "build:\n  docker:\n    web: Dockerfile\n"
		skaffold = "apiVersion: skaffold/v1beta2\nkind: Config\nbuild:\n  artifacts:\n  - image: app\n"
		circleci = "jobs:\n  build:\n    steps:\n      - setup_remote_docker:\n          docker_layer_caching: true\n          version: 20.10.14\n      - run: docker build api\n"
		travis   = "services: docker\nscript:\n  - docker build -t app .\n"
		compose  = "- name: deploy\n  community.docker.docker_compose:\n    project_src: /srv\n    build: yes\n"
	)
	for _, test := range []struct{ name, text, dockerfile, want string }{
		{"heroku.yml", heroku, "Dockerfile", "Heroku"},
		{"heroku.yml", "build:\n  docker:\n    web: api/Dockerfile\n", "api/Dockerfile", "Heroku"},
		{"heroku.yml", heroku, "api/Dockerfile", ""},
		{"web/heroku.yml", heroku, "Dockerfile", ""},
		{"heroku.yml", "build:\n  docker:\n    web: deploy/Dockerfile.web\n", "Dockerfile", ""},
		{"heroku.yml", "run:\n  web: bin/web\n", "Dockerfile", ""},
		{"railway.json", `{"build": {"builder": "DOCKERFILE"}}`, "Dockerfile", "Railway"},
		{"railway.json", `{"build": {"builder": "NIXPACKS", "dockerfilePath": null}}`, "Dockerfile", ""},
		{"railway.toml", "[build]\nbuilder = \"nixpacks\"\n", "Dockerfile", ""},
		{"skaffold.yaml", skaffold, "Dockerfile", "Skaffold 1"},
		{"skaffold.yaml", skaffold, "api/Dockerfile", ""},
		{"skaffold.yaml", skaffold + "  local:\n    useBuildkit: true\n", "Dockerfile", ""},
		{"skaffold.yaml", "apiVersion: skaffold/v4beta6\nkind: Config\n", "Dockerfile", ""},
		{".circleci/config.yml", circleci, "api/Dockerfile", "CircleCI, with an engine before 23"},
		{".circleci/config.yml", circleci, "Dockerfile", ""},
		{".circleci/config.yml", circleci + "          environment:\n            DOCKER_BUILDKIT: true\n", "api/Dockerfile", ""},
		{".circleci/config.yml", "- setup_remote_docker:\n    version: 24.0.9\n- run: docker build .\n", "Dockerfile", ""},
		{".circleci/config.yml", "docker:\n  - image: docker:19.03.15-git\nsteps:\n  - run: docker build -t x .\n", "Dockerfile", "CircleCI, with a client before 23"},
		{".circleci/config.yml", "docker:\n  - image: circleci/node:12\nsteps:\n  - run: npm test\n", "Dockerfile", ""},
		{".travis.yml", travis, "Dockerfile", "Travis CI"},
		{".travis.yml", travis, "docker/Dockerfile", ""},
		{".travis.yml", "script:\n  - docker build -f docker/Dockerfile -t x .\n", "docker/Dockerfile", "Travis CI"},
		{".travis.yml", "script:\n  - docker build -f other/Dockerfile other\n", "Dockerfile", ""},
		{".travis.yml", "script:\n  # - docker build .\n  - make\n", "Dockerfile", ""},
		{".travis.yml", "script: docker-compose up -d db\n", "Dockerfile", ""},
		{".travis.yml", "env: DOCKER_BUILDKIT=1\n" + travis, "Dockerfile", ""},
		{"deploy.yml", compose, "Dockerfile", "Ansible"},
		{"README.md", "Tested with Docker version 17.12.0-ce, build c97c6d6.\n", "Dockerfile", "an engine before 23"},
		{"README.md", "Requires docker-engine 1.13 and swarm.\n", "Dockerfile", "an engine before 23"},
		{"images/README.md", "Tested with Docker version 17.12.0-ce\n", "images/app/Dockerfile", "an engine before 23"},
		{"images/README.md", "Tested with Docker version 17.12.0-ce\n", "web/Dockerfile", ""},
		{"README.md", "* docker >= 18.06.0-ce\nRequires Docker >= 20.10\n", "Dockerfile", ""},
		{"README.md", "Docker version 19.03 or newer, with BuildKit\n", "Dockerfile", ""},
		{"README.md", "Tested with Docker 27.1 (and Docker version 19.03 in the past)\n", "Dockerfile", ""},
		{"README.md", "Size of the image on docker: 1.13 GB\ndocker run -d acme/app-docker:1.4.2\n## Docker\n1.1 Build\n", "Dockerfile", ""},
		{"compose.yml", "services:\n  app:\n    build: .\n", "Dockerfile", ""},
	} {
		if got := mountlessBuilder(test.name, []byte(test.text), test.dockerfile); got != test.want {
			t.Errorf("%s, for %s, is of %q, want %q:\n%s", test.name, test.dockerfile, got, test.want, test.text)
		}
	}
}
