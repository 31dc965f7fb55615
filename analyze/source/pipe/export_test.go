package pipe

import "time"

// SetWriterWait replaces the wait for a writer of a named pipe. Call it before any test runs.
func SetWriterWait(wait time.Duration) { writerWait = wait }
