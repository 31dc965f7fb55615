package caches

import (
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// The caches of Python's package managers.

// PipCache follows pip's documentation, "Caching".
var PipCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "pip-cache",
		Title: "pip download and wheel cache",
		Why: "pip keeps each file it downloads, and each wheel it builds from source, in ~/.cache/pip, so that the next pip install of the same version is quick. " +
			"The packages themselves are already unpacked in site-packages, so the image holds them twice: once to run and once, compressed, for an install that never happens.",
		Confidence: model.Certain,
		Paths:      []string{"~/.cache/pip/**", "$PIP_CACHE_DIR/**"},
		Mounts:     []string{"/root/.cache/pip"},
		Empties:    []string{"pip cache purge", "pip3 cache purge", "pip cache remove", "pip3 cache remove"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/pip",
			Before:  "RUN pip install -r requirements.txt",
			After:   "RUN pip install --no-cache-dir -r requirements.txt",
			WhenNot: "Under RUN --mount=type=cache,target=/root/.cache/pip: there the cache makes the next build quick and stays out of the image, and --no-cache-dir would take that away.",
			Sources: []string{"https://pip.pypa.io/en/stable/topics/caching/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN python3 -m pip install -r r.txt
				+ home/app/.cache/pip/http-v2/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN python3 -m pip install --no-cache-dir -r r.txt",
			Miss: `
				COPY app /
				+ app
				RUN pip install a
				+ usr/lib/python3/site-packages/pip/a.py
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "pip's cache", Flag: "--no-cache-dir", After: advice.AfterPip, TooOld: hasOldPip,
})

// hasOldPip reports whether a system package brings a pip from before 6.0, as Ubuntu 14.04 and
// Debian 8 have it: that one keeps no cache by itself and ends at the option
// (https://pip.pypa.io/en/stable/news/, 6.0). A newer one beside it knows the option, but
// which of them a RUN calls is not to be told from its text.
func hasOldPip(b *rules.Build) bool {
	for i := range b.Packages {
		p := &b.Packages[i]
		if major, _, ok := strings.Cut(p.Version, "."); ok && strings.HasPrefix(p.Name, "python") && strings.HasSuffix(p.Name, "-pip") && len(major) == 1 && major < "6" {
			return true
		}
	}
	return b.Base.Reference != nil && oldReleases.MatchString(*b.Base.Reference) && installsPip(b)
}

// oldReleases matches images of the releases whose packages hold such a pip.
var oldReleases = lazyregexp.New(`(?i)(?:^|/)(?:ubuntu|ubuntu-debootstrap):(?:1[0-4]\.|15\.04)|(?:^|/)debian[:-]?[678](?:$|[:.@-])|[:-](?:squeeze|wheezy|jessie|lucid|precise|quantal|raring|saucy|trusty|utopic|vivid)(?:$|[@-])`)

// installsPip reports whether an instruction installs pip from the distribution.
func installsPip(b *rules.Build) bool {
	for _, c := range b.Parsed().Calls() {
		if _, names, apt := c.Apt(); apt && (slices.Contains(names, "python-pip") || slices.Contains(names, "python3-pip")) {
			return true
		}
	}
	return false
}

// UvCache follows uv's documentation, "Caching".
var UvCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "uv-cache",
		Title: "uv package cache",
		Why: "uv unpacks each package into ~/.cache/uv and then links or copies it into the environment. Within one layer a hard link costs nothing, and tare counts the file once; but a cache on another " +
			"filesystem or from another instruction is a full copy, and it also holds downloads, metadata and built wheels. Programs that run from the environment read none of it.",
		Confidence: model.Likely,
		Paths:      []string{"~/.cache/uv/**", "$UV_CACHE_DIR/**"},
		Tools:      []string{"uv", "uvx"},
		Mounts:     []string{"/root/.cache/uv"},
		Empties:    []string{"uv cache clean", "uv cache prune"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/uv",
			Before:  "RUN uv sync --locked",
			After:   "RUN uv sync --no-cache --locked",
			WhenNot: "Where the container itself runs uv run, uvx or a uv tool, which work from the cache, or with UV_LINK_MODE=symlink, where the environment points into it.",
			Sources: []string{"https://docs.astral.sh/uv/concepts/cache/", "https://docs.astral.sh/uv/guides/integration/docker/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN uv sync --locked
				+ root/.cache/uv/wheels-v5/a
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN uv sync --no-cache --locked",
			Miss: `
				COPY app /
				+ app
				RUN uv sync
				+ app/.venv/lib/a.py
				config {"Cmd": ["/app"]}`,
		},
		Unless: func(b *rules.Build) bool { return b.Getenv("UV_LINK_MODE") == "symlink" },
	},
	What: "uv's cache", Flag: "--no-cache",
	After: func(c rewrite.Command) int {
		return advice.AfterSubcommand(c, []string{"uv"}, []string{"sync", "install"}, "--no-cache", "-n", "--no-cache-dir")
	},
})

// PoetryCache follows Poetry's documentation, "Configuration", cache-dir. The virtual
// environments that it keeps beside the cache are the program itself.
var PoetryCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "poetry-cache",
		Title: "Poetry download cache",
		Why: "Poetry keeps the packages it downloaded and the answers of the package index in ~/.cache/pypoetry, in the directories artifacts and cache. Once the packages are installed, only another poetry install would " +
			"look at them. The directory virtualenvs beside them is different: unless virtualenvs.in-project is set, it holds the environment that the program runs in, and tare leaves it alone.",
		Confidence: model.Certain,
		Paths: []string{"~/.cache/pypoetry/cache/**", "~/.cache/pypoetry/artifacts/**", "$POETRY_CACHE_DIR/cache/**",
			"$POETRY_CACHE_DIR/artifacts/**"},
		Mounts:  []string{"/root/.cache/pypoetry/cache", "/root/.cache/pypoetry/artifacts"}, // not what lies beside them: virtualenvs
		Empties: []string{"poetry cache clear"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.cache/pypoetry/cache /root/.cache/pypoetry/artifacts",
			Before:  "RUN poetry install --only main",
			After:   "RUN poetry install --only main \\\n    && rm -rf /root/.cache/pypoetry/cache /root/.cache/pypoetry/artifacts",
			WhenNot: "In a build stage from which only the environment is copied; or under a cache mount, provided that the environment is elsewhere.",
			Sources: []string{"https://python-poetry.org/docs/configuration/#cache-dir", "https://python-poetry.org/docs/cli/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN poetry install
				+ root/.cache/pypoetry/artifacts/a.whl
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN poetry install \\\n    && rm -rf /root/.cache/pypoetry/artifacts",
			Miss: `
				COPY app /
				+ app
				RUN poetry install
				+ root/.cache/pypoetry/virtualenvs/a/lib/a.py
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "Poetry's cache", // its --no-cache turns the index's cache off, and still fills artifacts
})

// CondaCache follows conda's documentation, "conda clean". Packages are hard-linked from
// the cache into environments where both lie on one filesystem.
var CondaCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "conda-cache",
		Title: "conda package cache",
		Why: "conda, mamba and the like keep each package twice in pkgs, as the downloaded archive and unpacked, along with the index of each channel. Unpacked files are hard-linked into the environments where " +
			"possible and then take no extra space, so tare leaves those alone; the archives, the index and whatever was copied instead of linked are of no use until another conda install.",
		Confidence: model.Likely,
		Paths: []string{"opt/conda/pkgs/**", "opt/miniconda*/pkgs/**", "opt/anaconda*/pkgs/**", "opt/miniforge*/pkgs/**", "opt/mambaforge/pkgs/**",
			"opt/micromamba/pkgs/**", "~/miniconda*/pkgs/**", "~/anaconda*/pkgs/**", "~/miniforge*/pkgs/**", "~/mambaforge/pkgs/**",
			"~/micromamba/pkgs/**", "~/.conda/pkgs/**", "$MAMBA_ROOT_PREFIX/pkgs/**", "$CONDA_PKGS_DIRS/**"},
		Tools:   []string{"conda install", "mamba install", "micromamba install"},
		Mounts:  []string{"/opt/conda/pkgs"},
		Locked:  true, // https://github.com/conda/conda/issues/13055
		Empties: []string{"conda clean", "mamba clean", "micromamba clean"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /opt/conda/pkgs",
			Before:  "RUN conda install -y numpy",
			After:   "RUN conda install -y numpy \\\n    && rm -rf /opt/conda/pkgs",
			WhenNot: "With allow_softlinks, where environments point into pkgs. conda clean -afy does the same clean-up.",
			Sources: []string{"https://docs.conda.io/projects/conda/en/stable/commands/clean.html"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN conda install -y a
				+ opt/conda/pkgs/a.conda
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN conda install -y a \\\n    && rm -rf /opt/conda/pkgs",
			Miss: `
				COPY app /
				+ app
				RUN conda install -y a
				+ opt/conda/lib/a.so
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "conda's package cache", Users: []string{"conda", "mamba", "micromamba"},
})
