package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/tare-oci/tare/analyze/atomicfile"
	"github.com/tare-oci/tare/analyze/indexstore"
	"github.com/tare-oci/tare/analyze/store"
	"github.com/tare-oci/tare/ui/display"
)

// indexFlags say where indexes of layers are kept that several machines use.
type indexFlags struct {
	place string
	key   string
}

func (i *indexFlags) register(set *pflag.FlagSet) {
	set.StringVar(&i.place, "index-store", "", "where all shards and later runs find what tare learnt about layers: a `PLACE`, which is a directory, oci://HOST/REPOSITORY or s3://BUCKET/PREFIX")
	set.StringVar(&i.key, "index-key", "", "the `FILE` with the key from tare fleet keygen that signs the indexes in the index store, or the key itself")
}

// storeOf opens the store for layers, behind which lies what other machines know.
func (i *indexFlags) storeOf(f *flags, t terminal) (st *store.Store, done func(), err error) {
	indexes, keys, err := i.open(f, t)
	if err != nil {
		return nil, nil, err
	}
	st, done, err = storeOf(f, t)
	if err == nil && indexes != nil {
		st.ShareWith(indexes, keys.Secret)
	}
	return st, done, err
}

// open opens the index store, nil where none is named.
func (i *indexFlags) open(f *flags, t terminal) (*indexstore.Indexes, *indexstore.Keys, error) {
	switch {
	case i.place == "" && i.key == "":
		return nil, nil, nil
	case i.place == "":
		return nil, nil, errors.New("--index-key is the key for an index store; name the store with --index-store")
	case i.key == "":
		return nil, nil, errors.New("--index-store trusts only signed indexes; make a key with tare fleet keygen FILE, and name it with --index-key")
	}
	keys, err := readIndexKey(i.key)
	if err != nil {
		return nil, nil, err
	}
	if line := openToAll(i.key); line != "" {
		fmt.Fprintln(t.std.Err, "tare: "+display.Escape(line))
	}
	opt := f.options(t.std.In).Options
	indexes, err := indexstore.Open(i.place, indexstore.Options{
		Keys: keys, Generation: store.Generation, Source: opt,
		Warn: func(line string) { fmt.Fprintln(t.std.Err, "tare: "+display.Escape(line)) },
	})
	if err != nil {
		return nil, nil, fmt.Errorf("--index-store %s: %w", i.place, err)
	}
	return indexes, keys, nil
}

// maxKeyText is how many bytes the file of a key has.
const maxKeyText = 64 << 10

// readIndexKey reads a key from a file or, as a scheduler may hand secrets over, from the value itself.
func readIndexKey(value string) (*indexstore.Keys, error) {
	text := value
	what := "the key for indexes"
	if !strings.Contains(value, "hash:") {
		what = value
		info, err := os.Stat(value)
		if err == nil && (!info.Mode().IsRegular() || info.Size() > maxKeyText) {
			err = errors.New("it is not a key")
		}
		var content []byte
		if err == nil {
			content, err = os.ReadFile(value)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the key for indexes: %w", withoutName(err))
		}
		text = string(content)
	}
	keys, err := indexstore.ParseKeys(text)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w; tare fleet keygen makes one", what, err)
	}
	return keys, nil
}

// openToAll warns of a key's file that everybody on this machine can read, "" where nothing is wrong. It is
// no error: a volume may know no other modes.
func openToAll(value string) string {
	info, err := os.Stat(value)
	if err != nil || runtime.GOOS == "windows" || info.Mode().Perm()&0o007 == 0 {
		return ""
	}
	return fmt.Sprintf("everybody on this machine may use the key %s (its mode is %04o), and whoever has it can make indexes that tare believes, or files that it confuses; write chmod 600 %s", value, info.Mode().Perm(), value)
}

// withoutName is the error without the file's name, which may be a key that was to be a file's.
func withoutName(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return fmt.Errorf("the value of --index-key is neither a file that can be read (%w) nor a whole key", at.Err)
	}
	return err
}

// newFleetKeygen makes `tare fleet keygen`.
func newFleetKeygen(std Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "keygen FILE",
		Short: "Make the keys that sign and read shared indexes of layers",
		Long: `Make the keys for --index-store. FILE is for the machines that read layers: anyone who has
it can vouch for what a layer holds. FILE.reader is for machines that only use what the
others have learnt. Keep both secret: they hold the secret that contents are hashed with.`,
		Example: `  tare fleet keygen tare-index.key
  kubectl create secret generic tare-index-key --from-file=key=tare-index.key`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := writeKeys(args[0]); err != nil {
				return err
			}
			_, err := fmt.Fprintf(std.Out, "%s signs indexes and reads them\n%s.reader reads them\n", display.Escape(args[0]), display.Escape(args[0]))
			return err
		},
	}
}

// writeKeys draws keys and writes them to two files that are not there yet.
func writeKeys(signer string) error {
	keys, reader := indexstore.GenerateKeys(), signer+".reader"
	for _, name := range []string{signer, reader} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s already exists, and without that key nobody could use the indexes it signed; name another file", name)
		}
	}
	if err := atomicfile.CreateWhole(signer, 0o600, []byte(keys.SignerText())); err != nil {
		return notWritten(signer, err)
	}
	if err := atomicfile.CreateWhole(reader, 0o600, []byte(keys.ReaderText())); err != nil {
		return notWritten(reader, err)
	}
	return nil
}
