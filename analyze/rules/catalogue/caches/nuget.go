package caches

import (
	"slices"

	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// NugetCache follows NuGet's documentation, "Managing the global packages, cache, and
// temp directories".
var NugetCache = advice.Cache(advice.Cleanup{
	Rule: rules.Rule{
		ID:    "nuget-cache",
		Title: "NuGet packages and caches",
		Why: "dotnet restore unpacks each package into ~/.nuget/packages and keeps what it downloaded under ~/.local/share/NuGet. dotnet publish copies what the program needs into its output, so an image that " +
			"runs the output has no use for the packages, their documentation and their files for every other platform.",
		Confidence: model.Likely,
		Paths: []string{"~/.nuget/packages/**", "~/.local/share/NuGet/v3-cache/**", "~/.local/share/NuGet/http-cache/**", "~/.local/share/NuGet/plugins-cache/**",
			"tmp/NuGetScratch*/**", "$NUGET_PACKAGES/**", "$NUGET_HTTP_CACHE_PATH/**"},
		Tools:   []string{"dotnet run", "dotnet watch", "dotnet test"},
		Mounts:  []string{"/root/.nuget/packages"},
		Empties: []string{"dotnet nuget locals"},
		Lesson: rules.Lesson{
			See:     "docker run --rm --entrypoint du IMAGE -sh /root/.nuget/packages /root/.local/share/NuGet",
			Before:  "FROM mcr.microsoft.com/dotnet/sdk:9.0\nCOPY . .\nRUN dotnet publish -o /app\nCMD [\"dotnet\", \"/app/app.dll\"]",
			After:   "FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nCOPY . .\nRUN dotnet publish -o /app\nFROM mcr.microsoft.com/dotnet/aspnet:9.0\nCOPY --from=build /app /app\nCMD [\"dotnet\", \"/app/app.dll\"]",
			WhenNot: "Where the program runs from the build's bin directory instead of the publish output: its runtimeconfig.dev.json points into ~/.nuget/packages.",
			Sources: []string{"https://learn.microsoft.com/en-us/nuget/consume-packages/managing-the-global-packages-and-cache-folders"},
		},
		Fixture: rules.Fixture{
			Hit: `
				COPY app /
				+ app
				RUN dotnet publish -o /out
				+ root/.nuget/packages/a/a.nupkg
				config {"Cmd": ["/app"]}`,
			Fixed: "RUN dotnet publish -o /out \\\n    && rm -rf /root/.nuget/packages",
			Miss: `
				COPY app /
				+ app
				RUN dotnet publish
				+ root/.nuget/NuGet/NuGet.Config
				config {"Cmd": ["/app"]}`,
		},
	},
	What: "NuGet's packages", Users: []string{"dotnet", "msbuild", "nuget"}, Provides: providesPackages, Builds: buildsWithDotnet,
})

// providesPackages reports whether a command downloads the packages of a .NET project alone.
func providesPackages(c rewrite.Command) bool {
	args := advice.Operands(c)
	return (c.Name() == "dotnet" || c.Name() == "nuget") && len(args) > 0 && args[0] == "restore"
}

// buildsWithDotnet reports whether a command builds the project at hand.
func buildsWithDotnet(c rewrite.Command) bool {
	args := advice.Operands(c)
	return c.Name() == "msbuild" || c.Name() == "dotnet" && len(args) > 0 && slices.Contains([]string{"build", "publish", "test", "pack", "msbuild"}, args[0])
}
