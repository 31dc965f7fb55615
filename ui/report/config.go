package report

import "github.com/tare-oci/tare/model"

// jsonConfig is the config without lists that are null.
func jsonConfig(c *model.Config) *model.Config {
	if c == nil {
		return nil
	}
	out := *c
	out.Entrypoint, out.Cmd = notNil(c.Entrypoint), notNil(c.Cmd)
	out.ExposedPorts, out.Volumes = notNil(c.ExposedPorts), notNil(c.Volumes)
	out.Env, out.Labels = notNil(c.Env), notNil(c.Labels)
	return &out
}
