// Package imagetest builds container images in memory, for tests.
//
// An image is said in the words of the OCI image spec and of tar, as a plain
// literal; a method then gives it the shape that some program would have saved
// it in:
//
//	img := imagetest.Image{Layers: []imagetest.Layer{
//		{CreatedBy: "RUN make # buildkit", Files: []imagetest.File{
//			imagetest.Dir("out"),
//			imagetest.Text("out/report", "42"),
//			imagetest.Fill("out/core", 1<<20),
//		}},
//		{CreatedBy: "RUN rm out/core # buildkit", Files: []imagetest.File{
//			imagetest.Whiteout("out/core"),
//		}},
//	}}
//	archive := img.OCI().Tar()          // bytes of an OCI archive
//	err := img.Legacy().WriteDir(dir)   // docker save of 2016, unpacked
//	err = remote.Write(ref, img.V1())   // into a registry
//
// A shape is an Archive: a list of named contents that can be edited before it
// is packed, which is how broken archives are made.
//
// Everything is deterministic: times are fixed, filler content depends on the
// path alone, and no map order shows. What cannot be built (a layer that tar
// refuses to write) is a mistake in the test, so the builders panic and say what
// was wrong. Bytes handed out belong to the caller unless a method says otherwise.
package imagetest
