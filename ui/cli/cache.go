package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/ui/display"
	"github.com/tare-oci/tare/ui/gate"
)

// newCache makes `tare cache` and what is below it.
func newCache(std Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Show where the cache is, and how much it holds",
		Long: `Show where the cache is, and how much it holds.

For each layer it has read, tare keeps names, sizes and hashes, but no contents other
than package databases and scripts. For each image it keeps the report, and for an
image from an engine the layers, once you have looked into its files. So opening an
image again reads no layer, unless the image comes from standard input or --verify
asks for every byte. Only you can read the directory. Keep it that way: the secret in
it prevents an image from passing one file off as another. When the cache grows
beyond TARE_CACHE_SIZE (2 GiB by default), tare removes what has gone unused the
longest. The cache also holds the names of the images you opened last, so that tare can
list them; tare cache prune forgets them. --no-cache neither reads nor writes it.`,
		Args: atMost(0, "tare cache takes no arguments; see tare cache --help"),
		RunE: func(*cobra.Command, []string) error {
			c, err := openCache(std)
			if err != nil {
				return err
			}
			u := c.Usage()
			_, err = fmt.Fprintf(std.Out, "%s\n%s, %s of %s\n", display.Escape(u.Dir), display.Plural(u.Entries, "item"), display.Bytes(u.Bytes), display.Bytes(u.Limit))
			return err
		},
	}
	keep := ""
	prune := &cobra.Command{
		Use:   "prune",
		Short: "Make the cache smaller, removing what has gone unused the longest first",
		Args:  atMost(0, "tare cache prune takes no arguments; see tare cache prune --help"),
		RunE: func(*cobra.Command, []string) error {
			most, err := gate.ParseBytes(keep)
			if err != nil {
				return fmt.Errorf("--keep %s: it takes a size, such as 500MB; 0 removes everything", keep)
			}
			c, err := openCache(std)
			if err != nil {
				return err
			}
			n, bytes := c.Prune(most)
			_, err = fmt.Fprintf(std.Out, "removed %s, %s\n", display.Plural(n, "item"), display.Bytes(bytes))
			return err
		},
	}
	prune.Flags().StringVar(&keep, "keep", "0", "leave at most `SIZE`")
	verify := &cobra.Command{
		Use:   "verify",
		Short: "Read everything in the cache and remove what is damaged",
		Args:  atMost(0, "tare cache verify takes no arguments; see tare cache verify --help"),
		RunE: func(*cobra.Command, []string) error {
			c, err := openCache(std)
			if err != nil {
				return err
			}
			whole, removed := c.Verify()
			_, err = fmt.Fprintf(std.Out, "%s intact, %d removed\n", display.Plural(whole, "item"), removed)
			return err
		},
	}
	cmd.AddCommand(prune, verify)
	return cmd
}

// openCache opens this user's cache.
func openCache(std Streams) (*store.Store, error) {
	limit := int64(store.DefaultSize)
	if text, ok := std.Getenv("TARE_CACHE_SIZE"); ok && text != "" {
		n, err := gate.ParseBytes(text)
		if err != nil {
			return nil, fmt.Errorf("TARE_CACHE_SIZE=%q: it takes a size, such as 500MB; correct or unset it", text)
		}
		limit = n
	}
	dir, err := cacheDir(std)
	if err != nil {
		return nil, err
	}
	return store.Open(dir, limit)
}

// cacheDir is where the cache is: TARE_CACHE_DIR, or the directory that the system
// has for caches, where the environment tells of one.
func cacheDir(std Streams) (string, error) {
	if dir, ok := std.Getenv("TARE_CACHE_DIR"); ok && dir != "" {
		return dir, nil
	}
	for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
		if _, ok := std.Getenv(name); ok {
			return store.Dir()
		}
	}
	return "", errors.New("this system names no cache directory; set TARE_CACHE_DIR to one")
}

// cache is what an analysis keeps layers in, nil for nothing. A cache that
// cannot be used costs speed and no more: tare cache says why.
func (f *flags) cache(std Streams) *store.Store {
	if f.noCache {
		return nil
	}
	c, err := openCache(std)
	if err != nil {
		return nil
	}
	return c
}
