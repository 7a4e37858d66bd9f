// deployers-yaml reads texts as those who deploy them do, for tests that hold our own reader against them: kustomize,
// kubectl, and kubectl what kustomize wrote. In: one JSON string a line. Out: one object a line, with the
// documents of each as JSON, or nothing where it refuses the text.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/kio"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/yaml"
)

type readings struct {
	Kustomize []json.RawMessage `json:"kustomize"`
	Kubectl   []json.RawMessage `json:"kubectl"`
	Built     []json.RawMessage `json:"built"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) == 0 && err != nil {
			return
		}
		var text string
		if err := json.Unmarshal(line, &text); err != nil {
			fmt.Fprintln(os.Stderr, "no JSON string:", err)
			os.Exit(2)
		}
		result, err := json.Marshal(readings{guarded(kustomize, text), guarded(kubectl, text), guarded(built, text)})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		out.Write(append(result, '\n'))
		out.Flush() // An alias inside its own anchor ends kustomize, and with it this program.
	}
}

// A text on which a reader panics is one that it refuses.
func guarded(read func(string) ([]json.RawMessage, error), text string) (documents []json.RawMessage) {
	defer func() {
		if recover() != nil {
			documents = nil
		}
	}()
	documents, err := read(text)
	if err != nil {
		return nil
	}
	return documents
}

// As `kustomize build` reads a resource (kio.FromBytes): it takes dates and names as they stand.
func kustomize(text string) ([]json.RawMessage, error) {
	return each(text, func(node *kyaml.RNode) ([]byte, error) {
		asWritten(node.YNode())
		var value any
		if err := node.YNode().Decode(&value); err != nil {
			return nil, err
		}
		return json.Marshal(value)
	})
}

// What kubectl reads of that when kustomize has written it without a change.
func built(text string) ([]json.RawMessage, error) {
	return each(text, func(node *kyaml.RNode) ([]byte, error) {
		written, err := node.String()
		if err != nil {
			return nil, err
		}
		return yaml.YAMLToJSON([]byte(written))
	})
}

func each(text string, read func(*kyaml.RNode) ([]byte, error)) ([]json.RawMessage, error) {
	nodes, err := kio.FromBytes([]byte(text))
	documents := []json.RawMessage{}
	for _, node := range nodes {
		document, err := read(node)
		if err != nil {
			return nil, err
		}
		documents = append(documents, document)
	}
	return documents, err
}

func asWritten(node *kyaml.Node) {
	if node.ShortTag() == "!!timestamp" {
		node.Tag = "!!str"
	}
	for at, child := range node.Content {
		if node.Kind == kyaml.MappingNode && at%2 == 0 && child.Kind == kyaml.ScalarNode && child.Value != "<<" {
			child.Tag = "!!str"
		}
		asWritten(child)
	}
}

// As kubectl splits a stream and reads each part (k8s.io/apimachinery/pkg/util/yaml, YAMLReader).
func kubectl(text string) ([]json.RawMessage, error) {
	documents := []json.RawMessage{}
	var part strings.Builder
	end := func() error {
		document, err := yaml.YAMLToJSON([]byte(part.String()))
		part.Reset()
		if err == nil && !bytes.Equal(document, []byte("null")) {
			documents = append(documents, document)
		}
		return err
	}
	for _, line := range strings.SplitAfter(text, "\n") {
		rest, isMarker := strings.CutPrefix(line, "---")
		if !isMarker {
			part.WriteString(line)
			continue
		}
		if rest = strings.TrimSpace(rest); rest != "" && rest[0] != '#' {
			return nil, errors.New("invalid document separator")
		}
		if err := end(); err != nil {
			return nil, err
		}
	}
	err := end()
	return documents, err
}
