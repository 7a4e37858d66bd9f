// Command argocd-applicationset-controller is the controller of ApplicationSets, alone.
package main

import (
	"os"

	"github.com/argoproj/argo-cd/v3/cmd/argocd-applicationset-controller/commands"
)

func main() {
	if err := commands.NewCommand().Execute(); err != nil {
		os.Exit(1)
	}
}
