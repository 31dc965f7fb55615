package reporttest

import "github.com/tare-oci/tare/model"

// Located is the sample with the Dockerfile it was built from.
func Located() *model.Report {
	r := Sample()
	const file = "images/api/Dockerfile"
	r.Dockerfile = &model.Dockerfile{File: file, How: model.FromDockerfile, Lines: []string{
		"# the shop",
		"FROM debian:bookworm-slim",
		"ARG VERSION",
		"RUN apt-get update && apt-get install -y python3-pip git",
		"COPY app /app",
		"",
		"RUN chown -R app /app && rm -rf /var/lib/apt/lists/*",
		`CMD ["python3","/app/api.py"]`,
	}}
	for i, line := range map[int]int{0: 2, 1: 2, 2: 4, 3: 5, 4: 7, 5: 8} {
		in := &r.Instructions[i]
		in.How, in.Location = model.FromDockerfile, &model.Location{File: file, Line: line, EndLine: line}
	}
	for i := range r.Changes {
		r.Changes[i].Location = r.Instructions[r.Changes[i].Instructions[0]].Location
	}
	r.Findings = append(r.Findings, model.Finding{
		ID: "logs/0", Rule: "logs", Title: "log files", Confidence: model.Likely, Bytes: 58_000, Verdict: model.Ptr(model.Leftover), Cause: model.Ptr("logs"),
		Layer: model.Ptr(0), Instruction: model.Ptr(0), Inherited: true, FileCount: 3, Paths: []string{"var/log/dpkg.log"},
		Fix: &model.Fix{Strategy: model.ChangeBase, Summary: "The base image brought them: take a newer one."},
	})
	return r
}

// Judged is what a gate said of located: one figure over its limit.
func Judged() *model.Check {
	return &model.Check{
		Scope: model.ScopeOwn,
		Thresholds: []model.Threshold{
			{Name: "max-wasted", Figure: "413 MB", Limit: "20 MB", Reason: "packages nobody asked for are the most of it", Findings: []int{0, 1}},
			{Name: "deny", Rule: "apt-cache", Passed: true, Figure: "0 findings", Limit: "none", Reason: "no such finding"},
			{Name: "max-layers", Passed: true, Figure: "4", Limit: "10", Reason: "4 layers"},
		},
		Ignored: []model.Ignored{
			{Where: ".tare.yaml:7", What: "rule apt-lists", Reason: "mirror is slow", Expires: "2027-01-31", Findings: []int{2}, Bytes: 21_000_000},
			{Where: ".tare.yaml:9", What: "package curl", Reason: "for debugging"},
		},
		Notes: []string{"scope own: findings of the base image are not counted"},
	}
}

// OverLimits is what a gate said of located: limits failed that no finding tells of, one at
// an instruction and one nowhere.
func OverLimits() *model.Check {
	return &model.Check{
		Scope: model.ScopeOwn,
		Thresholds: []model.Threshold{
			{Name: "max-size", Figure: "531 MB", Limit: "500 MB", Reason: "step 3 brings most of it", Contributions: []model.Contribution{{Bytes: 1}, {Location: &model.Location{File: "images/api/Dockerfile", Line: 4, EndLine: 5}, Bytes: 400_000_000}}},
			{Name: "require-labels", Rule: "maintainer", Figure: "not there", Limit: "set", Reason: "the image has no label maintainer"},
			{Name: "max-layers", Passed: true, Figure: "4", Limit: "10"},
			{Name: "deny", Rule: "nothing", Figure: "1 finding", Limit: "none", Findings: []int{99}},
		},
	}
}
