// One round of the official SDK for Go; see README.md. To be built inside of a checkout of go-ovirt.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	ovirtsdk "github.com/ovirt/go-ovirt/v4"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// CPU time of all threads, including those of the garbage collector.
func processor() time.Duration {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func main() {
	data, err := os.ReadFile(os.Args[1])
	check(err)
	runtime.GC()
	start := processor()
	vms, err := ovirtsdk.XMLVmReadMany(ovirtsdk.NewXMLReader(data), nil)
	check(err)
	decoded := processor() - start
	runtime.GC()
	start = processor()
	var text bytes.Buffer
	writer := ovirtsdk.NewXMLWriter(&text)
	check(ovirtsdk.XMLVmWriteMany(writer, vms, "vms", "vm"))
	check(writer.Flush())
	encoded := processor() - start
	if len(vms.Slice()) == 0 || text.Len() < len(data)/4 {
		panic("nothing was read or written")
	}
	// It never indents.
	fmt.Println(decoded.Seconds(), "-", encoded.Seconds())
}
