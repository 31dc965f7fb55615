package packages

// Foreign is a package manager whose database tare knows by its place, but cannot read.
type Foreign struct {
	Name string
	// Dirs are where the database may be: directories that hold something only where
	// packages are installed, or a file.
	Dirs []string
}

// Unread lists the package managers whose databases tare cannot read. What they installed
// has no package in a report, and the report says so.
func Unread() []Foreign {
	return []Foreign{
		{"Slackware's pkgtools", []string{"var/log/packages", "var/lib/pkgtools/packages"}},
		{"Homebrew", []string{"home/linuxbrew/.linuxbrew/Cellar", "opt/homebrew/Cellar", "usr/local/Cellar", "linuxbrew/.linuxbrew/Cellar"}},
		{"snap", []string{"var/lib/snapd/snaps"}},
		{"Flatpak", []string{"var/lib/flatpak/app", "var/lib/flatpak/runtime"}},
		{"swupd", []string{"usr/share/clear/bundles"}},
		{"XBPS", []string{"var/db/xbps"}},
		{"eopkg", []string{"var/lib/eopkg/package"}},
		{"FreeBSD's pkg", []string{"var/db/pkg/local.sqlite"}},
		{"pkgsrc", []string{"usr/pkg/pkgdb"}},
	}
}
