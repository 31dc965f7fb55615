package redact

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/tare-oci/tare/analyze/imagetest/quick"
)

// Text that is eight times as long takes about eight times as long, whatever it is
// made of. Time that grew with the square would be 64 times as long; the limit
// between is wide, since the machine does other things, too.
func TestTimeGrowsWithTheText(t *testing.T) {
	var variables []string
	for i := range 5000 {
		variables = append(variables, fmt.Sprintf("TOKEN_%d=s3cr3t%dvalue", i, i))
	}
	mask := New(variables)
	units := []string{
		"password", "token=", "-p", "'", `"`, `\"`, `\`, "=", ":", "(", "<<EOF", "passwd <<EOF ", "<<<", "| passwd", "echo ", "$", "${", "://", "a://", "@", "://a:b@", "-----BEGIN PRIVATE KEY-----",
		"-----BEGIN PRIVATE KEY-----'", "$6$", "\n", `\n`, "Cookie:", "key=", "token=/", "pass:", "curl -u ", "mysql -p", "docker login ", "{", "Bearer ", "authorization: ", "==", " is ", "by ",
		"identified by ", "set password for ", "value", "--from-literal=", "config set ", "sk-", "ghp_", "_-", "s3cr3t1", "K='", `K="a`, "s/token/", "machine login password ", "y",
		"?key=", "a=0123456789abcdef0123456789abcdef0 ", "a=0", "--key ", "<(echo ", "--pass 'echo ", "sed s/token ", "steamcmd +login ", "пароль ", "sk-b.",
	}
	for i, form := range forms(t) {
		if i%quick.Rounds(24, 24, 4) > 0 {
			continue
		}
		units = append(units, strings.ReplaceAll(form.text, "@@", "x"))
	}
	for _, unit := range units {
		took := func(n int) time.Duration {
			text := strings.Repeat(unit, n/len(unit)+1)
			start := time.Now()
			mask.spans(text)
			for range Tokens([]byte(text)) {
				continue
			}
			return time.Since(start)
		}
		// A pause of the machine makes a text look slow. So what is fast enough once is.
		var short, long time.Duration // the shortest of each
		for try := range 3 {
			took := [...]time.Duration{took(10_000), took(80_000)}
			if try == 0 || took[0] < short {
				short = took[0]
			}
			if try == 0 || took[1] < long {
				long = took[1]
			}
			if long <= 30*short || long <= 200*time.Millisecond {
				break
			}
			if try == 2 {
				t.Errorf("%q: %v for 10 kB, %v for 80 kB", unit, short, long)
			}
		}
	}
}
