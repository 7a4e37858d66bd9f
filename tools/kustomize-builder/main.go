// Runs `kustomize build` again and again in one process: a build takes a few milliseconds, but to start a process and
// parse the schema of Kubernetes in it takes up to eighty.
//
// A line of stdin is the arguments of a build, as a list in JSON. The answer is a line of JSON, with the status and
// the lengths of what the build wrote to stdout and to stderr, and then these bytes. What kustomize panics at ends
// the process, as it ends kustomize.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"

	"sigs.k8s.io/kustomize/kustomize/v5/commands/build"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

type answer struct {
	Status string `json:"status"`
	Stdout int    `json:"stdout"`
	Stderr int    `json:"stderr"`
}

func main() {
	requests := json.NewDecoder(os.Stdin)
	answers := bufio.NewWriter(os.Stdout)
	for {
		var args []string
		if err := requests.Decode(&args); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		status, stdout, stderr := run(args)
		header, err := json.Marshal(answer{status, len(stdout), len(stderr)})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Fprintf(answers, "%s\n%s%s", header, stdout, stderr)
		if err := answers.Flush(); err != nil {
			log.Fatal(err)
		}
	}
}

// run does what kustomize does with these arguments after `build`.
func run(args []string) (status string, stdout, stderr []byte) {
	var out bytes.Buffer
	status = "ok"
	stderr = heard(func() {
		command := build.NewCmdBuild(filesys.MakeFsOnDisk(), build.MakeHelp("kustomize", "build"), &out)
		command.SetArgs(args)
		if command.Execute() != nil {
			status = "failed"
		}
	})
	return status, out.Bytes(), stderr
}

// heard returns what is written to stderr meanwhile: kustomize and its libraries write warnings there.
func heard(act func()) []byte {
	reader, writer, err := os.Pipe()
	if err != nil {
		log.Fatal(err)
	}
	said := make(chan []byte)
	go func() {
		text, _ := io.ReadAll(reader)
		reader.Close()
		said <- text
	}()
	old := os.Stderr
	os.Stderr = writer
	log.SetOutput(writer)
	act()
	os.Stderr = old
	log.SetOutput(old)
	writer.Close()
	return <-said
}
