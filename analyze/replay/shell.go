package replay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// call is a program under way.
type call struct {
	*machine
	args     []string // the name first
	dir      string
	uid, gid int
	in       io.Reader
	out      io.Writer
	env      expand.Environ
	depth    int
}

// model does what a program does to the tree, and returns its exit status.
type model func(c *call) int

// runner interprets the script of one RUN.
type runner struct {
	m     *machine
	mu    sync.Mutex // a pipe's programs run at the same time
	calls int
	all   atomic.Int32 // commands, those of the shell itself included
	uid   int
	gid   int
	depth int
	out   io.Writer // where it prints to; nil drops that
	dash  bool      // it is Debian's sh, whose echo knows \n and the like
}

// run interprets the script of a RUN as the user of the image.
func (m *machine) run(script string, extra map[string]string) {
	env := map[string]string{"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME": m.home(m.config.User), "PWD": m.workdir(), "HOSTNAME": "buildkitsandbox"}
	maps.Copy(env, m.args)
	for _, e := range m.config.Env {
		k, v, _ := strings.Cut(e, "=")
		env[k] = v
	}
	maps.Copy(env, extra)
	var list []string
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	slices.Sort(list)
	r := &runner{m: m, dash: len(m.shell) > 0 && m.shell[0] == "/bin/sh"}
	r.uid, r.gid, _ = m.owner(m.config.User)
	if status := r.interpret(script, m.workdir(), expand.ListEnviron(list...)); status > 0 {
		m.problem("the RUN exits with status %d", status)
	}
}

// nested interprets a script inside a program.
func (c *call) nested(script string) int {
	r := &runner{m: c.machine, uid: c.uid, gid: c.gid, depth: c.depth, out: c.out}
	return r.interpret(script, c.dir, c.env)
}

// interpret runs a script in a shell and returns its exit status.
func (r *runner) interpret(script, dir string, env expand.Environ) int {
	parsed, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		r.m.problem("the shell cannot read the script: %v", err)
		return 0
	}
	shell, err := interp.New(
		interp.Env(env), interp.StdIO(strings.NewReader(""), r.out, io.Discard),
		interp.OpenHandler(r.open), interp.StatHandler(r.stat), interp.ReadDirHandler2(r.readDir),
		interp.AccessHandler(func(context.Context, string, interp.AccessMode) error { return nil }),
		interp.CallHandler(r.rewrite), interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return r.exec }),
	)
	if err != nil {
		r.m.problem("the shell does not start: %v", err)
		return 0
	}
	shell.Dir = dir
	limit := maxTime
	if p := r.m.plan; p.given != nil {
		limit = min(maxWait, maxAll-p.spent)
		start := time.Now()
		defer func() { p.spent += time.Since(start) }()
	}
	if limit <= 0 {
		r.m.problem("the RUNs together take too long to replay")
		return 0
	}
	ctx, stop := context.WithTimeout(context.Background(), limit)
	if r.m.plan.given != nil {
		go watchHeap(ctx, stop)
	}
	defer stop()
	var status interp.ExitStatus
	err = shell.Run(ctx, parsed)
	if errors.As(err, &status) {
		return int(status)
	}
	if err != nil {
		r.m.problem("the script does not end: %v", err)
	}
	return 0
}

func (m *machine) workdir() string {
	if m.config.WorkingDir == "" {
		return "/"
	}
	return m.config.WorkingDir
}

// rewrite takes builtins that would look at the real machine to models.
func (r *runner) rewrite(ctx context.Context, args []string) ([]string, error) {
	if r.all.Add(1) > maxCommands {
		return nil, errors.New("too many commands")
	}
	switch args[0] {
	case "command", "type", "hash":
		if len(args) > 2 && strings.HasPrefix(args[1], "-") {
			return append([]string{"which"}, args[2:]...), nil
		}
		if args[0] != "command" {
			return append([]string{"which"}, args[1:]...), nil
		}
	case "source", ".":
		if len(args) < 2 {
			return args, nil
		}
		hc := interp.HandlerCtx(ctx)
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.m.read(abs(hc.Dir, args[1])) == "" {
			if strings.HasSuffix(args[1], "bin/activate") {
				venv := path.Dir(path.Dir(abs(hc.Dir, args[1])))
				return []string{"export", "VIRTUAL_ENV=" + venv, "PATH=" + venv + "/bin:" + hc.Env.Get("PATH").String()}, nil
			}
			return []string{"true"}, nil
		}
		if !strings.Contains(args[1], "/") {
			args[1] = "./" + args[1]
		}
	case "echo":
		if r.dash && strings.Contains(strings.Join(args, " "), `\`) && !strings.HasPrefix(args[1], "-") {
			return append([]string{"echo", "-e"}, args[1:]...), nil
		}
	case "set":
		return withoutExit(args), nil
	case "cd", "pushd":
		r.enter(interp.HandlerCtx(ctx).Dir, args)
	case "wait", "trap", "ulimit", "umask":
		return []string{"true"}, nil
	}
	return args, nil
}

// withoutExit takes -e out of set: what no model knows may fail here and not in a build,
// and the rest of the script is to be followed.
func withoutExit(args []string) []string {
	kept := args[:1:1]
	for i := 1; i < len(args); i++ {
		switch a := args[i]; {
		case (a == "-o" || a == "+o") && i+1 < len(args) && (args[i+1] == "errexit" || args[i+1] == "pipefail"):
			i++
		case strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "--") && strings.Trim(a[1:], "exuvo") == "":
			if a = strings.Map(func(r rune) rune {
				if r == 'e' || r == 'x' || r == 'v' {
					return -1
				}
				return r
			}, a); a == "-o" && i+1 < len(args) { // set -euo pipefail
				i++
				continue
			} else if strings.HasSuffix(a, "o") && i+1 < len(args) {
				i++
				a = strings.TrimSuffix(a, "o")
				kept = append(kept, a)
			} else if a != "-" {
				kept = append(kept, a)
			}
		default:
			kept = append(kept, a)
		}
	}
	if len(kept) == 1 {
		return []string{"true"}
	}
	return kept
}

// enter makes a directory that a script goes to, where no model has made it.
func (r *runner) enter(dir string, args []string) {
	if len(args) < 2 || strings.HasPrefix(args[1], "-") {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	p := abs(dir, args[1])
	if !r.m.tree.exists(p) && !r.m.tree.gone(p) && !r.m.tree.gone(path.Dir(p)) {
		if r.m.plan.given != nil {
			r.m.problem("cd: there is no %s", p)
			return
		}
		r.m.notes.unmodelled["(what makes "+p+")"] = true
		r.m.tree.mkdir(p, r.uid, r.gid)
	}
}

// exec runs the model of a program.
func (r *runner) exec(ctx context.Context, args []string) error {
	hc := interp.HandlerCtx(ctx)
	in := hc.Stdin
	if in == nil {
		in = strings.NewReader("")
	}
	// Whatever comes through a pipe is read to its end before the tree is locked: the
	// program that writes it holds the lock meanwhile.
	name := path.Base(args[0])
	var piped []byte
	if reads[name] {
		piped, _ = io.ReadAll(io.LimitReader(in, 1<<22))
	}
	var out bytes.Buffer
	r.mu.Lock()
	if r.calls++; r.calls > maxCalls {
		r.mu.Unlock()
		return errors.New("too many programs")
	}
	c := &call{machine: r.m, args: args, dir: hc.Dir, uid: r.uid, gid: r.gid, in: bytes.NewReader(piped), out: &out, env: hc.Env, depth: r.depth}
	status := c.dispatch()
	r.mu.Unlock()
	_, _ = hc.Stdout.Write(out.Bytes()) // a closed pipe is no failure of the program
	if status != 0 {
		return interp.ExitStatus(status)
	}
	return nil
}

// dispatch finds the model of a program and runs it.
func (c *call) dispatch() int {
	if c.depth++; c.depth > 20 {
		return 1
	}
	name := path.Base(c.args[0])
	if c.plan.given != nil {
		if what := doubt(c); what != "" {
			c.unknown(what)
			return 0
		}
	}
	if f := models[name]; f != nil {
		if absent(c, name) {
			c.problem("%s: not found", name)
			if !c.foreign {
				return 127
			}
		}
		return f(c)
	}
	if f := modelOfKind(name); f != nil {
		return f(c)
	}
	c.notes.unmodelled[name] = true
	return 0
}

// unknown notes, in a lesson, that no model knows what a call leaves.
func (c *call) unknown(what string) {
	if c.plan.given != nil {
		c.notes.unmodelled[what] = true
	}
}

// sub runs another program as this one would.
func (c *call) sub(args ...string) int {
	if len(args) == 0 {
		return 0
	}
	s := *c
	s.args = args
	return s.dispatch()
}

// get is a variable of the shell.
func (c *call) get(name string) string { return c.env.Get(name).String() }

// say writes to the program's standard output.
func (c *call) say(format string, args ...any) { fmt.Fprintf(c.out, format, args...) }
