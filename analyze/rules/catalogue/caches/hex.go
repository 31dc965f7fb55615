package caches

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/model"
)

// HexCache follows Hex's lib/hex/scm.ex, cache_path, and rebar3's documentation,
// "Configuration", REBAR_CACHE_DIR.
var HexCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:         "hex-cache",
		Title:      "Hex package cache",
		Why:        "mix deps.get keeps the archive of each Elixir and Erlang package in ~/.hex/packages, and rebar3 in ~/.cache/rebar3/hex, even after it has been unpacked into deps or _build. The unpacked copy alone tells whether a dependency is up to date, so only another download would look at the archives. Mix's own archives, Hex itself among them, are in ~/.mix and stay.",
		Confidence: model.Certain,
		Paths:      []string{"~/.hex/packages/**", "$HEX_HOME/packages/**", "~/.cache/hex/packages/**", "~/.cache/rebar3/hex/**"},
		Tools:      []string{"mix deps.get", "mix deps.update", "mix setup", "rebar3"},
		Mounts:     []string{"/root/.hex/packages"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.hex/packages /root/.cache/rebar3/hex",
			Before:  "RUN mix deps.get --only prod",
			After:   "RUN mix deps.get --only prod \\\n    && rm -rf /root/.hex/packages",
			WhenNot: "In a build stage from which only the release is copied (COPY --from=build /app/_build/prod/rel ./): what stays there is never shipped.",
			Sources: []string{"https://hexdocs.pm/hex/Mix.Tasks.Hex.Config.html", "https://rebar3.org/docs/configuration/configuration/"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN mix deps.get --only prod
				+ root/.hex/packages/hexpm/jason-1.4.1.tar
				+ root/.hex/packages/hexpm/plug-1.16.1.tar
				+ deps/jason/mix.exs
				RUN mix compile
				+ _build/prod/lib/jason/ebin/jason.app
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN mix deps.get --only prod \\\n    && rm -rf /root/.hex/packages",
			Miss: `
				COPY app /
				+ app
				RUN mix local.hex --force
				+ root/.hex/hex.config
				+ root/.mix/archives/hex-2.2.1/ebin/hex.app
				config {"Cmd": ["mix", "phx.server"]}`,
		},
	},
	What: "Hex's cache", Users: []string{"mix", "rebar3"},
	Reads: func(words []string) bool {
		return words[0] == "rebar3" || slices.Contains(words, "deps.get") || slices.Contains(words, "deps.update") || slices.Contains(words, "setup")
	},
})
