package settings

import _ "embed"

// Schema is the JSON Schema of a .tare.yaml, for editors. The tests hold that it
// and the parser agree, and that docs has the same text.
//
//go:embed tare.schema.json
var Schema []byte
