package main

import (
	"fmt"

	"github.com/farbench/farbench/relay/api"
	"github.com/farbench/farbench/relay/client"
)

type signInCommand struct {
	Link string `arg:"" optional:"" help:"A single-use link: from the dashboard (Use another device), or farbench link."`
	Name string `placeholder:"NAME" help:"What others call you from now on."`
}

// Run signs this user's CLI in, or gives who is signed in another name.
func (c signInCommand) Run(around *surroundings) error {
	var who api.User
	var choose bool
	var err error
	switch {
	case c.Link != "":
		who, choose, err = client.SignIn(around.ctx, c.Link, c.Name)
	case c.Name != "":
		who, err = client.Rename(around.ctx, c.Name)
	default:
		return &usageError{"neither a link nor a name", "farbench sign-in LINK, with a link made in the dashboard (Use another device) or by farbench link; who is signed in takes another name by farbench sign-in --name NAME"}
	}
	if err != nil {
		return fmt.Errorf("signing in: %w", err)
	}
	if choose {
		fmt.Fprintln(around.out, "signed in; choose a name: farbench sign-in --name NAME")
		return nil
	}
	fmt.Fprintf(around.out, "signed in as %s\n", clean(who.Name))
	return nil
}

type signOutCommand struct{}

func (signOutCommand) Run(around *surroundings) error {
	if err := client.SignOut(around.ctx); err != nil {
		return fmt.Errorf("signing out: %w", err)
	}
	return nil
}
