package multistage

import "errors"

// checkGain refuses a stage that installs again every package that the build has: what else it
// would leave behind goes by edits of the RUNs. Tools that no package brought are not counted.
func (d *draft) checkGain() error {
	if len(d.in.Purged) > 0 {
		return nil
	}
	for _, i := range d.in.Findings {
		if len(d.in.Report.Findings[i].Packages) == 0 {
			return nil
		}
	}
	installs := 0
	for i := range d.in.Report.SystemPackages() {
		if layer := d.in.Report.Packages[i].Layer; layer < d.ownLayer || layer > d.lastLayer {
			continue
		}
		if installs++; !d.retained[i] {
			return nil
		}
	}
	if installs == 0 {
		return nil
	}
	return errors.New("the image that runs would install every package again, so a stage saves none of them")
}
