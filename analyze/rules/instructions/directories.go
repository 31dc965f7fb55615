package instructions

import (
	"slices"
	"strings"
)

// standardDirectories exist in most base images. FHS 3.0, chapters 3 to 5.
var standardDirectories = strings.Fields(`/ /bin /boot /dev /etc /home /lib /media /mnt /opt /root /run /sbin /srv /tmp /usr /usr/bin /usr/lib /usr/local /usr/local/bin
	/usr/local/lib /usr/sbin /usr/share /usr/src /usr/src/app /var /var/cache /var/lib /var/log /var/opt /var/tmp /var/www /var/www/html /usr/share/nginx/html /etc/nginx`)

// StandardDirectory reports whether an absolute path is a directory that most base
// images have.
func StandardDirectory(dir string) bool { return slices.Contains(standardDirectories, dir) }

// Under reports whether an absolute path lies below a directory.
func Under(file, dir string) bool {
	return dir == "/" || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/")
}
