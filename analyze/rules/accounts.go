package rules

import (
	"slices"
	"strconv"
	"strings"
)

// Account is a line of the image's /etc/passwd. passwd(5).
type Account struct {
	UID, GID int64
	Home     string
	First    bool // no line above it has the same number
}

// Account returns the account of a name in the finished image, and reports whether it has
// one that tare could read.
func (b *Build) Account(name string) (a Account, ok bool) {
	if b == nil || name == "" {
		return a, false
	}
	seen := make(map[int64]bool)
	for line := range strings.SplitSeq(string(b.Captured[passwd]), "\n") {
		fields := strings.Split(line, ":")
		if len(fields) < 6 {
			continue
		}
		uid, err := strconv.ParseInt(fields[2], 10, 64)
		if err != nil || uid < 0 {
			continue
		}
		gid, err := strconv.ParseInt(fields[3], 10, 64)
		if fields[0] == name {
			return Account{UID: uid, GID: gid, Home: fields[5], First: !seen[uid]}, err == nil
		}
		seen[uid] = true
	}
	return a, false
}

// RunsAsRoot reports whether the user of the image's config is root: no user at all, the number
// 0 however it is written, or a name to which the image's /etc/passwd gives the number 0. As in
// the engines, a name in that file goes before a number.
func (b *Build) RunsAsRoot() bool {
	user, _, _ := strings.Cut(b.User, ":")
	for line := range strings.SplitSeq(string(b.Captured[passwd]), "\n") {
		fields := strings.Split(strings.TrimSpace(line), ":")
		if user != "" && len(fields) > 2 && fields[0] == user {
			return IsRootUser(fields[2])
		}
	}
	return IsRootUser(user)
}

// IsRootUser reports whether a user, by number or name, is root wherever it runs. The engines
// read numbers with Go's strconv.Atoi, which takes signs and zeros in front.
func IsRootUser(user string) bool {
	number, err := strconv.Atoi(user)
	return user == "" || user == "root" || err == nil && number == 0
}

// GroupID returns the number of a group, which may be that number itself, and reports
// whether the image has it.
func (b *Build) GroupID(group string) (int64, bool) {
	if gid, err := strconv.ParseInt(group, 10, 64); err == nil {
		return gid, gid >= 0
	}
	for line := range strings.SplitSeq(string(b.Captured[groups]), "\n") {
		if fields := strings.Split(line, ":"); len(fields) >= 3 && fields[0] == group {
			gid, err := strconv.ParseInt(fields[2], 10, 64)
			return gid, err == nil && gid >= 0
		}
	}
	return 0, false
}

// HasOtherGroups reports whether /etc/group lists a user as a member of a group. group(5).
func (b *Build) HasOtherGroups(name string) bool {
	for line := range strings.SplitSeq(string(b.Captured[groups]), "\n") {
		if fields := strings.Split(strings.TrimSpace(line), ":"); len(fields) >= 4 && slices.Contains(strings.Split(fields[3], ","), name) {
			return true
		}
	}
	return false
}
