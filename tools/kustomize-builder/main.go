// Runs `kustomize build` again and again in one process: most builds take a few milliseconds, but to start a process
// takes ten, and to parse the schema of Kubernetes in it up to eighty.
//
// A request is a list of kustomize's arguments in JSON, on one line of stdin; the first is `build`. The answer is the
// line `ok` or `failed` with the lengths of what kustomize wrote to stdout and to stderr, and then these bytes. What
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

func answerAll(requests *json.Decoder, answers *bufio.Writer) error {
	for {
		var args []string
		if err := requests.Decode(&args); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		if len(args) == 0 || args[0] != "build" {
			return fmt.Errorf("a request is a list of arguments that begins with build, not %q", args)
		}
		var stdout bytes.Buffer
		status := "ok"
		stderr, err := stderrOf(func() {
			if run(args[1:], &stdout) != nil {
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
func run(args []string, stdout io.Writer) error {
	command := build.NewCmdBuild(filesys.MakeFsOnDisk(), build.MakeHelp("kustomize", "build"), stdout)
	command.SetArgs(args)
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
