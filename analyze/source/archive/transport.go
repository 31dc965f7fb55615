package archive

// The transports that this package reads, as a user writes them before a path and
// as Image.Source names them.
const (
	Docker = "docker-archive" // docker save of any age
	OCI    = "oci-archive"    // an OCI layout in a tar
	OCIDir = "oci-dir"        // an OCI layout as a directory
	Dir    = "dir"            // what skopeo writes to dir:
)
