// Runs `kustomize build` again and again in one process: most builds take a few milliseconds, but to start a process
// takes ten, and to parse the schema of Kubernetes in it up to eighty.
//
// A request is JSON on one line of stdin: kustomize's arguments, of which the first is `build`, and the files that it
// finds, by their paths; where none are given it finds those of the disk. The answer is the line `ok` or `failed` with the lengths of what kustomize wrote to stdout and to stderr, and then these bytes. What
// kustomize panics at ends the process, as it ends kustomize.
//
// With arguments of its own it is kustomize, so that an archive has both in one program.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"sigs.k8s.io/kustomize/kustomize/v5/commands"
	"sigs.k8s.io/kustomize/kustomize/v5/commands/build"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

func main() {
	if len(os.Args) > 1 {
		if commands.NewDefaultCommand().Execute() != nil {
			os.Exit(1)
		}
		return
	}
	if err := answerAll(json.NewDecoder(os.Stdin), bufio.NewWriter(os.Stdout)); err != nil {
		log.Fatal(err)
	}
}

type request struct {
	Args  []string
	Files map[string][]byte
}

func answerAll(requests *json.Decoder, answers *bufio.Writer) error {
	for {
		var request request
		if err := requests.Decode(&request); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if len(request.Args) == 0 || request.Args[0] != "build" {
			return fmt.Errorf("a request has arguments that begin with build, not %q", request.Args)
		}
		var stdout bytes.Buffer
		status := "ok"
		stderr, err := stderrOf(func() {
			if run(request, &stdout) != nil {
				status = "failed"
			}
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(answers, "%s %d %d\n%s%s", status, stdout.Len(), len(stderr), stdout.Bytes(), stderr)
		if err := answers.Flush(); err != nil {
			return err
		}
	}
}

// run does what kustomize does. It makes the command anew, as its flags are variables of the package, and says itself
// on stderr why it fails.
func run(request request, stdout io.Writer) error {
	files := filesys.MakeFsOnDisk()
	if request.Files != nil {
		files = filesys.MakeFsInMemory()
	}
	for path, content := range request.Files {
		if err := files.WriteFile(path, content); err != nil {
			return err
		}
	}
	command := build.NewCmdBuild(files, build.MakeHelp("kustomize", "build"), stdout)
	command.SetArgs(request.Args[1:])
	return command.Execute()
}

// stderrOf returns what is written to stderr meanwhile, where kustomize's libraries write their warnings.
func stderrOf(act func()) ([]byte, error) {
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	text := make(chan []byte)
	go func() {
		read, _ := io.ReadAll(reader)
		text <- read
	}()
	stderr := os.Stderr
	os.Stderr = writer
	log.SetOutput(writer)
	act()
	log.SetOutput(stderr)
	os.Stderr = stderr
	writer.Close()
	return <-text, nil
}
