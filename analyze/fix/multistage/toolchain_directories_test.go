package multistage_test

import (
	"strings"
	"testing"

	"github.com/tare-oci/tare/analyze/fix"
)

// TestWhatBuildsStaysBehind: a compiled program runs without the toolchain that a RUN unpacked for
// the build, and without what the build adds to the files of a shell.
func TestWhatBuildsStaysBehind(t *testing.T) {
	const (
		llvm     = "RUN curl -fsSL https://llvm.example/7.tar.xz | tar -xJC /root ## /root/llvm/bin/clang elf needs=libc.so.6 90k; /root/llvm/lib/libLLVM-7.so elf 90k; /root/llvm/share/x 9k\n"
		model    = "RUN curl -fsSL https://models.example/7.tar.xz | tar -xJC /opt ## /opt/model/bin/run elf needs=libc.so.6 90k; /opt/model/weights 90k\n"
		shell    = "RUN echo '. $HOME/.cargo/env' >> ~/.bashrc ## /root/.bashrc 600\n"
		linked   = "RUN gcc -o /usr/local/bin/app a.c ## /usr/local/bin/app elf needs=libc.so.6,libLLVM-7.so 9k\n"
		starting = "COPY start /start.sh ## /start.sh \"#!/bin/sh\\nsu app -c app\\n\"\n"
	)
	for _, test := range []struct {
		name, lines, command string
		copies               string // "": hasNot is not copied
		hasNot               string
	}{
		{"a toolchain", llvm + compileELF, "app", "", "/root/llvm"},
		{"a toolchain that a variable of compilers names", "ENV LLVM_CONFIG=/root/llvm/bin/llvm-config\n" + llvm + compileELF, "app", "", "/root/llvm"},
		{"a line for the shell", shell + compileELF, "app", "", ".bashrc"},

		{"a library of the toolchain", llvm + linked, "app", "/root/llvm", ""},
		{"a toolchain that another variable names", "ENV COMPILE_WITH=/root/llvm\n" + llvm + compileELF, "app", "/root/llvm", ""},
		{"a toolchain that the container is told of", llvm + compileELF, "app\", \"/root/llvm/bin/clang", "/root/llvm", ""},
		{"a toolchain where a script runs", starting + llvm + compileELF, "/start.sh", "/root/llvm", ""},
		{"what is no toolchain", model + compileELF, "app", "/opt/model", ""},
		{"a line for the shell of a script", starting + shell + compileELF, "/start.sh", "/root/.bashrc", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := fixtureOf(install + test.lines)
			f.dockerfile = strings.Replace(f.dockerfile, "CMD [\"app\"]\n", "CMD [\""+test.command+"\"]\n", 1)
			r, build := f.analyze(t)
			result, err := fix.Plan(r, []byte(f.dockerfile), fix.Options{Stage: fix.AnyStage, Rules: f.rules(), Build: build})
			if err != nil {
				t.Fatal(err)
			}
			if !result.HasStage() {
				t.Fatal(outcomeOf(r, result))
			}
			_, stage, _ := strings.Cut(string(result.New), "\nFROM ")
			if !strings.Contains(stage, test.copies) || test.hasNot != "" && strings.Contains(strings.ReplaceAll(stage, "llvm-config", ""), "COPY --from=build "+test.hasNot) || test.hasNot != "" && strings.Contains(stage, test.hasNot+" /") {
				t.Errorf("want %q and not %q in\n%s", test.copies, test.hasNot, stage)
			}
		})
	}
}
