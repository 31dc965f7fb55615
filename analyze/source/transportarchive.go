package source

// The transports that this package reads, as a user writes them before a path and
// as Image.Source names them.
const (
	viaDockerArchive = "docker-archive" // docker save of any age
	viaOCIArchive    = "oci-archive"    // an OCI layout in a tar
	viaOCIDir        = "oci-dir"        // an OCI layout as a directory
	viaDir           = "dir"            // what skopeo writes to dir:
)
