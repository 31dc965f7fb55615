package leftovers

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tare-oci/tare/analyze/lazyregexp"
	"github.com/tare-oci/tare/analyze/rules"
	"github.com/tare-oci/tare/analyze/rules/advice"
	"github.com/tare-oci/tare/analyze/rules/rewrite"
	"github.com/tare-oci/tare/model"
)

// withDevEdits gives a rule of packages for development the edit of the install, where one
// flag or word of it brought them and nothing behind it calls them.
func withDevEdits(r rules.Rule) rules.Rule {
	general := r.Fix
	r.Fix = func(f *model.Finding, b *rules.Build) *model.Fix {
		fix := general(f, b)
		made, ok := advice.Maker(f, b)
		if !ok || f.Inherited || b.Parsed().Keyword(made) != "RUN" || !b.Parsed().PosixShell(made) {
			return fix
		}
		if from, again := advice.StoredFirst(f, b, made); again {
			made, fix = from, afterwards(b, from, fix)
			if b.Parsed().Keyword(made) != "RUN" || !b.Parsed().PosixShell(made) {
				return fix
			}
		}
		for _, kind := range devInstalls {
			if !kind.holds(f) || kind.isUsed(b, made) || kind.unless != nil && kind.unless(b) {
				continue
			}
			if after, summary, ok := kind.edit(b.Parsed().Text(made)); ok {
				fix := advice.Edit{Before: b.Parsed().Text(made), After: after}.Fix(model.Flag, summary)
				fix.Risk = "A program that imports one of them, or a script of the install that does, fails."
				return fix
			}
		}
		return fix
	}
	return r
}

// afterwards says which instruction installed what a later one only stored again, with another
// owner or mode.
func afterwards(b *rules.Build, from int, fix *model.Fix) *model.Fix {
	if fix == nil || fix.After != nil {
		return fix
	}
	said := *fix
	said.Summary = fmt.Sprintf("They come from step %d (%s), and this step only stores them again. %s", model.StepNumber(b.Instructions, from), shortened(b.Parsed().Text(from)), fix.Summary)
	return &said
}

// shortened is the beginning of an instruction, for use within a sentence.
func shortened(text string) string {
	const most = 50
	line := []rune(strings.Join(strings.Fields(text), " "))
	if len(line) > most {
		return string(line[:most-1]) + "…"
	}
	return string(line)
}

// devInstall is a package manager that installs what serves to develop unless it is told
// otherwise, or because it is told so.
type devInstall struct {
	within string // part of the path of what it installs
	// uses are programs that are there to develop with, patterns without *.
	uses   []string
	unless func(*rules.Build) bool
	edit   func(run string) (after, summary string, ok bool)
}

var pythonTools = strings.Fields("pytest py.test mypy flake8 pylint black ruff isort coverage tox nox pre-commit bandit pyright pyflakes pydocstyle sphinx-build mkdocs twine invoke make")

var devInstalls = []devInstall{
	{"/vendor/", strings.Fields("phpunit phpstan psalm phpcs phpcbf php-cs-fixer pest behat codecept rector infection phpbench make"), needsDevBundles, composerNoDev},
	{"/site-packages/", pythonTools, nil, pipWithout},
	{"/site-packages/", pythonTools, nil, pipenvWithout},
	{"/site-packages/", pythonTools, nil, uvNoDev},
}

// holds reports whether all of a finding's files are what the package manager installs.
func (d *devInstall) holds(f *model.Finding) bool {
	return len(f.Paths) > 0 && !slices.ContainsFunc(f.Paths, func(p string) bool { return !strings.Contains("/"+p, d.within) || strings.Contains(p, "node_modules/") })
}

// isUsed reports whether an instruction from the install on, or the container, may call
// what serves to develop.
func (d *devInstall) isUsed(b *rules.Build, made int) bool {
	if !b.KnowsProgram() {
		return true
	}
	in := b.Parsed()
	for i := made; i < len(in.All); i++ {
		switch in.Keyword(i) {
		case "ONBUILD":
			return true
		case "HEALTHCHECK", "ENV":
			if d.isNamed(in.Text(i)) {
				return true
			}
		case "RUN":
			commands, ok := in.Commands(i)
			if !ok || slices.ContainsFunc(commands, func(c rewrite.Command) bool {
				return c.Name() == "" || isScriptOfItsOwn(c) || d.isNamed(withoutFiles(c))
			}) {
				return true
			}
		}
	}
	program := b.Program()
	return slices.ContainsFunc(program.Commands, func(c rewrite.Command) bool { return d.isNamed(c.Source()) })
}

// isScriptOfItsOwn reports whether a command is a program of the image's own, which may call
// anything.
func isScriptOfItsOwn(c rewrite.Command) bool {
	called := c.Words[0].Text
	return strings.HasPrefix(called, "./") || strings.HasSuffix(called, ".sh") || strings.Contains(called, "vendor/bin/")
}

// withoutFiles are a command's words without the names of files of requirements: those
// name what they are for.
func withoutFiles(c rewrite.Command) string {
	var words []string
	for _, w := range c.Words {
		if !strings.HasSuffix(w.Text, ".txt") && !strings.ContainsAny(w.Text, "[]") {
			words = append(words, w.Text)
		}
	}
	return strings.Join(words, " ")
}

// isNamed reports whether a text has one of the programs as a word, or of a path.
func (d *devInstall) isNamed(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" \t\n;&|()<>'\"=,:/", r) }) {
		if slices.Contains(d.uses, word) {
			return true
		}
	}
	return false
}

// needsDevBundles reports whether an application of Symfony runs as its developers run it,
// which loads packages for development: it does unless APP_ENV says prod.
func needsDevBundles(b *rules.Build) bool {
	if b.Tree == nil || b.Getenv("APP_ENV") == "prod" || b.Getenv("APP_ENV") == "production" {
		return b.Tree == nil
	}
	for i := range b.Tree.Records {
		if r := &b.Tree.Records[i]; (r.Kind == model.Directory || r.Kind == model.Implied) && b.Tree.Name(r.Node) == "framework-bundle" {
			return true
		}
	}
	return b.Getenv("APP_ENV") != "" || b.Getenv("APP_DEBUG") == "true" || b.Getenv("APP_DEBUG") == "1"
}

func composerNoDev(run string) (after, summary string, ok bool) {
	after, ok = rewrite.AddFlag(run, "--no-dev", func(c rewrite.Command) int {
		at := slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "install" })
		isComposer := c.Name() == "composer" || c.Name() == "composer.phar" || c.Name() == "php" && len(c.Words) > 2 && strings.HasSuffix(c.Words[1].Text, "composer.phar")
		if !isComposer || slices.ContainsFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "--no-dev" || w.Text == "--dev" || w.Text == "global" }) {
			return -1
		}
		return at
	})
	return after, "Give composer install --no-dev.", ok
}

func uvNoDev(run string) (after, summary string, ok bool) {
	after, ok = rewrite.AddFlag(run, "--no-dev", func(c rewrite.Command) int {
		if c.Name() != "uv" || slices.ContainsFunc(c.Words, func(w rewrite.Word) bool {
			return w.Text == "--no-dev" || w.Text == "--dev" || w.Text == "--only-dev" || strings.HasSuffix(w.Text, "-groups") || strings.HasSuffix(w.Text, "group")
		}) {
			return -1
		}
		return slices.IndexFunc(c.Words, func(w rewrite.Word) bool { return w.Text == "sync" })
	})
	return after, "Give uv sync --no-dev.", ok
}

func pipenvWithout(run string) (after, summary string, ok bool) {
	after, ok = rewrite.RemoveWords(run, func(c rewrite.Command, word int) bool {
		return c.Name() == "pipenv" && (c.Words[word].Text == "--dev" || c.Words[word].Text == "-d" && c.Words[1].Text != "run")
	})
	return after, "Leave --dev out of pipenv's install.", ok
}

// devRequirements matches the names of files that list what serves to develop.
var devRequirements = lazyregexp.New(`(^|[-_/.])(dev|develop|development|test|tests|testing|lint|linting|ci|docs?)([-_.]?(requirements|deps))?\.txt$`)

// devExtras matches a package of a directory with extras that serve to develop, and no others.
var devExtras = lazyregexp.New(`^(\.|\./|/[a-z/]+|\.\./?)\[(dev|develop|development|test|tests|testing|lint|docs?)(,(dev|develop|development|test|tests|testing|lint|docs?))*\]$`)

// pipWithout leaves the files with what serves to develop out of an install that names
// another file, and extras for development out of an install of a directory.
func pipWithout(run string) (after, summary string, ok bool) {
	isPip := func(c rewrite.Command) bool {
		return strings.HasPrefix(c.Name(), "pip") && c.Name() != "pipenv" || strings.HasPrefix(c.Name(), "python") || c.Name() == "uv"
	}
	isFile := func(c rewrite.Command, at int) bool {
		return at > 0 && (c.Words[at-1].Text == "-r" || c.Words[at-1].Text == "--requirement")
	}
	others := func(c rewrite.Command) bool {
		for i := range c.Words {
			if isFile(c, i) && !devRequirements.MatchString(c.Words[i].Text) {
				return true
			}
		}
		return false
	}
	after, ok = rewrite.RemoveWords(run, func(c rewrite.Command, at int) bool {
		if !isPip(c) || !others(c) {
			return false
		}
		isDev := func(at int) bool {
			return at < len(c.Words) && c.Words[at].Literal && isFile(c, at) && devRequirements.MatchString(c.Words[at].Text)
		}
		return isDev(at) || isDev(at+1)
	})
	if ok {
		return after, "Leave the file with what serves to develop out of pip's install.", true
	}
	after, ok = rewrite.ReplaceWords(run, func(c rewrite.Command) map[int]string {
		words := make(map[int]string)
		for i, w := range c.Words {
			if m := devExtras.FindStringSubmatch(w.Text); m != nil && isPip(c) {
				words[i] = m[1]
			}
		}
		return words
	})
	return after, "Leave the extras for development out of pip's install.", ok
}
