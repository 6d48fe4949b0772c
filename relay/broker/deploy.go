package broker

//go:generate env FARBENCH_GEN=1 go test -run ^TestDeploy_IsTheSameText$ .

// Deploy is what deploy/nats/farbench.conf is made from: the demo bench's
// account, and passwords from the broker's environment.
func Deploy() Options {
	return Options{
		Listen:      "127.0.0.1:4222",
		Store:       "data/nats",
		HubPassword: "$FARBENCH_HUB_PASSWORD",
		Benches:     []Bench{{ID: "demo", Password: "$FARBENCH_DEMO_PASSWORD"}},
	}
}
