package instructions

import (
	"slices"
	"testing"
)

// TestCopiesInto lists what fills /app, and reports whether anything else may.
func TestCopiesInto(t *testing.T) {
	for _, test := range []struct {
		name  string
		texts []string
		at    []int
		alone bool
	}{
		{"two COPYs", []string{"COPY a /app", "ENV A=b", "ADD b /app/b"}, []int{0, 2}, true},
		{"elsewhere", []string{"COPY a /srv", "COPY b /app"}, []int{1}, true},
		{"of the base", []string{"RUN mkdir /app", "--", "COPY b /app"}, []int{1}, true},
		{"into the directory above", []string{"COPY . /"}, nil, false},
		{"a COPY that cannot be read", []string{"COPY"}, nil, false},
		{"a RUN that names it", []string{"RUN mkdir /app"}, nil, false},
		{"a RUN that stands in it", []string{"WORKDIR /app", "RUN npm ci"}, nil, false},
		{"a RUN below it", []string{"WORKDIR /app/x", "RUN make"}, nil, false},
		{"an install that stands in it", []string{"WORKDIR /app", "RUN apt-get install -y a && useradd b", "COPY . ."}, []int{2}, true},
		{"a download that stands in it", []string{"WORKDIR /app", "RUN apt-get download a"}, nil, false},
		{"an install with another root", []string{"WORKDIR /app", "RUN dnf --installroot=. install a"}, nil, false},
		{"a volume", []string{"VOLUME /data"}, nil, false},
	} {
		l := list(test.texts...)
		if at, alone := l.CopiesInto("/app", len(l.All)); !slices.Equal(at, test.at) || alone != test.alone {
			t.Errorf("%s: %v, alone %v, want %v, %v", test.name, at, alone, test.at, test.alone)
		}
	}
}

// TestMayExist asks whether a directory is there before a COPY fills it.
func TestMayExist(t *testing.T) {
	l := list("WORKDIR /srv/app/src", "COPY . /data")
	for dir, want := range map[string]bool{"/usr/src/app": true, "/home/me": true, "/srv/app": true, "/srv/app/src": true, "/data": false, "/srv/app/src/x": false} {
		if got := l.MayExist(dir, 1); got != want {
			t.Errorf("%s: %v, want %v", dir, got, want)
		}
	}
}

// TestDeclares wants variables that are set before an instruction and not again.
func TestDeclares(t *testing.T) {
	l := list("ENV BASE=1", "--", "ARG UID=5", "ENV GID 6", "COPY . .", "ENV GID=7", "RUN chown")
	declared := l.Declares(3, 5)
	for name, want := range map[string]bool{"UID": true, "GID": false, "BASE": false, "NONE": false, "UI": false} {
		if got := declared(name); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// TestCreatesUsersBetween looks for useradd and its like.
func TestCreatesUsersBetween(t *testing.T) {
	if l := list("COPY . .", "RUN useradd a", "RUN chown a x"); !l.CreatesUsersBetween(0, 2) || l.CreatesUsersBetween(1, 2) {
		t.Error("a user is made between the first and the last, not after the second")
	}
}

// TestUnder tells what lies below a directory.
func TestUnder(t *testing.T) {
	if !Under("/a/b", "/a") || !Under("/a/b", "/a/") || !Under("/a", "/") || Under("/a", "/a") || Under("/ab", "/a") {
		t.Error("Under does not go by whole names")
	}
	if !StandardDirectory("/usr/bin") || StandardDirectory("/usr/bin/x") {
		t.Error("StandardDirectory goes by the whole path")
	}
}
