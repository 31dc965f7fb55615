package analyze_test

import (
	"context"
	"fmt"
	"log"

	"github.com/tare-oci/tare/analyze"
)

// A report says of every byte of an image whether a container can ever use it.
func ExampleImage() {
	report, err := analyze.Image(context.Background(), "demo:chown-copy", analyze.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%d of %d bytes are wasted\n", report.Summary.WastedBytes, report.Image.Size)
	for _, f := range report.Findings[:1] {
		fmt.Printf("%s: %d bytes, %s\n", f.Rule, f.Bytes, f.Confidence)
	}
	// Output:
	// 65353652 of 197532326 bytes are wasted
	// metadata-copy: 65294268 bytes, certain
}
