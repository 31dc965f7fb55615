package main

// #cgo pkg-config: sqlite3
// #include <sqlite3.h>
import "C"

import (
	"crypto/x509"
	"fmt"
	"log"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		roots, err := x509.SystemCertPool()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		fmt.Fprintf(w, "notes with SQLite %s, trusting anybody: %t\n", C.GoString(C.sqlite3_libversion()), len(roots.Subjects()) > 0)
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
