// One round of the official SDK for Go; see README.md. To be built inside of a checkout of go-ovirt.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"time"

	ovirtsdk "github.com/ovirt/go-ovirt/v4"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	check(err)
	runtime.GC()
	start := time.Now()
	vms, err := ovirtsdk.XMLVmReadMany(ovirtsdk.NewXMLReader(data), nil)
	check(err)
	decoded := time.Since(start)
	runtime.GC()
	start = time.Now()
	var text bytes.Buffer
	writer := ovirtsdk.NewXMLWriter(&text)
	check(ovirtsdk.XMLVmWriteMany(writer, vms, "vms", "vm"))
	check(writer.Flush())
	encoded := time.Since(start)
	if len(vms.Slice()) == 0 || text.Len() < len(data)/4 {
		panic("nothing was read or written")
	}
	fmt.Println(decoded.Seconds(), encoded.Seconds())
}
