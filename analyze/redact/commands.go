package redact

import "strings"

// command is what is known of a program's options and arguments.
type command struct {
	letters string // options of one letter whose value is a secret: -p x, -px, -p=x
	joined  string // those whose value is never a word of its own: -px
	apart   string // those whose value always is: -k x
	long    string // a long option whose value is a secret, with a dash
	pairs   string // those whose value is user:password
	doubled string // an option of two letters with its value: -hpx
	cookies string // those whose value is name=secret
	between byte   // what stands between user and password, ':' if 0
	only    string // the options count behind this argument alone; "" for everywhere
	args    []argument
	wraps   bool // runs another command: docker exec db mysql -px
	slashed bool // an argument is user/password, perhaps with @database
	assigns bool // name=value behind --from-literal
}

// argument is a secret among the arguments that are no options: after the words,
// skip arguments, all the rest. Nameless is an option without which there is one
// argument more.
type argument struct {
	words    []string
	skip     int
	nameless byte
	seeming  bool // it is one only if it looks random
}

// reads reports whether a word is the n-th that stands before the argument. A
// pattern that ends in a dot is the beginning of a key; *. is a host.
func (a *argument) reads(n int, word string) bool {
	switch pattern := a.words[n]; {
	case pattern == "*.":
		host := strings.IndexByte(word, '.') > 0 && !strings.HasPrefix(word, "build.") && !strings.HasPrefix(word, "mirror.") && !strings.HasPrefix(word, "local.")
		return host || word == "https" || word == "http"
	case strings.HasSuffix(pattern, "."):
		return strings.HasPrefix(word, pattern)
	default:
		return word == pattern
	}
}

// after makes an argument of words and the number that stand between.
func after(words string, skip int) argument {
	return argument{words: strings.Fields(words), skip: skip}
}

// commands are the programs that take secrets where others take something else.
// An option whose name tells, such as --password, needs no entry.
var commands = func() map[string]*command {
	table := make(map[string]*command)
	for names, c := range map[string]command{
		"mysql mysqldump mysqlimport mysqlshow mysqlcheck mysqlslap mysqlpump mariadb mariadb-dump mariadb-import mariadb-check mycli": {joined: "p"},
		"mysqladmin mariadb-admin":               {joined: "p", args: []argument{after("password", 0)}},
		"sshpass":                                {letters: "p"},
		"zip unzip zipcloak":                     {letters: "P"},
		"7z 7za 7zr 7zz p7zip":                   {joined: "p"},
		"rar unrar":                              {joined: "p", doubled: "hp"},
		"rabbitmqadmin supervisorctl":            {letters: "p"},
		"ipmitool ipmi-power p4 knife kdb5_util": {letters: "P"},
		"add-user-keycloak.sh npm-cli-login altool security racadm fs_cli certutil": {letters: "p"},
		"add-user.sh": {letters: "p", args: []argument{{skip: 1}}},
		"ss-server ss-local ss-redir ss-tunnel ssserver sslocal ssmanager openai logdna-agent": {letters: "k"},
		"gotty ttyd shellinaboxd":         {pairs: "c"},
		"transmission-remote":             {pairs: "n"},
		"doveadm":                         {letters: "p", only: "pw"},
		"db2":                             {args: []argument{after("using", 0)}},
		"newrelic-admin nrsysmond-config": {args: []argument{after("generate-config", 0)}},
		"prosodyctl ejabberdctl":          {args: []argument{after("register", 2)}},
		"pdftotext pdftoppm pdfinfo pdftocairo pdfimages":                                                                  {long: "-upw"},
		"snmpget snmpset snmpwalk snmpbulkwalk snmpbulkget snmpgetnext snmptrap snmptable snmpusm net-snmp-create-v3-user": {letters: "cAX"},
		"newrelic-install":               {letters: "k"},
		"rhc":                            {letters: "ap", only: "connect"},
		"kaggle":                         {letters: "v", only: "config"},
		"steamcmd":                       {args: []argument{after("+login", 1)}},
		"consul serf":                    {long: "-encrypt", args: []argument{after("set-agent-token", 1)}},
		"openssl":                        {apart: "kK", args: []argument{after("passwd", 0)}},
		"redis-cli valkey-cli keydb-cli": {letters: "a", args: []argument{after("auth", 0), after("config set requirepass", 0)}},
		"mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop": {letters: "p"},
		"ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldapcompare ldapmodrdn":      {letters: "w"},
		"ldappasswd":                {letters: "wsa"},
		"slappasswd":                {letters: "s"},
		"htpasswd mosquitto_passwd": {args: []argument{{skip: 2, nameless: 'n'}}},
		"mosquitto_pub mosquitto_sub mosquitto_rr": {letters: "P"},
		"twine poetry hatch flit":                  {letters: "pa", only: "upload publish", args: []argument{after("config http-basic.", 1)}},
		"docker podman nerdctl":                    {letters: "p", only: "login", wraps: true},
		"buildah skopeo helm crane oras regctl az cf bx ibmcloud expo eas cloudctl appcenter": {letters: "p", only: "login", args: []argument{after("auth", 1)}},
		"kubectl oc":           {letters: "p", only: "login", wraps: true, assigns: true},
		"sqlcmd bcp osql tsql": {letters: "P"},
		"isql":                 {letters: "P", args: []argument{{skip: 2}}},
		"cqlsh cypher-shell cbq couchbase-cli beeline rdesktop elasticsearch-users esusers ncftpget ncftpput arangosh": {letters: "p"},
		"influx":               {letters: "pt", only: "setup user auth config"},
		"smbclient rpcclient":  {pairs: "U", between: '%', args: []argument{{skip: 1, seeming: true}}},
		"lftp":                 {pairs: "u", between: ','},
		"curl":                 {pairs: "uUE", cookies: "b"},
		"http https httpie xh": {pairs: "a"},
		"nuget dotnet":         {apart: "pk", only: "push sources source add dev-certs", args: []argument{after("setapikey", 0), after("user-secrets set", 1)}},
		"vault bao":            {args: []argument{after("login", 0), after("unseal", 0), after("auth", 0), after("unwrap", 0), after("token lookup", 0), after("token revoke", 0), after("token renew", 0)}},
		"cargo":                {args: []argument{after("login", 0)}},
		"glab doctl linode-cli gitlab-runner scw": {letters: "tr", only: "login init register auth"},
		"snyk":        {args: []argument{after("auth", 0)}},
		"wandb":       {args: []argument{after("login", 0)}},
		"ngrok":       {args: []argument{after("authtoken", 0), after("add-authtoken", 0)}},
		"cloudflared": {args: []argument{after("service install", 0)}},
		"vercel now netlify codecov anaconda surge": {letters: "t"},
		"rabbitmqctl": {args: []argument{after("add_user", 1), after("change_password", 1), after("authenticate_user", 1)}},
		"neo4j-admin": {args: []argument{after("set-initial-password", 0)}},
		"kadmin kadmin.local ipa ipa-client-install": {letters: "wp"},
		"ipa-server-install ipa-replica-install":     {letters: "pa"},
		"mkpasswd":                                   {args: []argument{{}}},
		"ssh-keygen puttygen":                        {letters: "NP"},
		"wpa_passphrase":                             {args: []argument{{skip: 1}}},
		"rclone":                                     {args: []argument{after("obscure", 0)}},
		"mc mcli":                                    {args: []argument{after("alias set", 2), after("host add", 2)}},
		"b2":                                         {args: []argument{after("authorize-account", 1), after("account authorize", 1), after("authorize_account", 1)}},
		"ua pro":                                     {args: []argument{after("attach", 0)}},
		"suseconnect":                                {letters: "r"},
		"useradd usermod":                            {letters: "p"},
		"net":                                        {pairs: "U", between: '%', args: []argument{after("user", 1)}},
		"samba-tool":                                 {args: []argument{after("user create", 1), after("user add", 1)}},
		"bw":                                         {args: []argument{after("login", 1), after("unlock", 0)}},
		"sqlplus impdp expdp imp exp sqlldr rman": {slashed: true},
		"ansible-vault":  {args: []argument{after("encrypt_string", 0)}},
		"nmcli":          {args: []argument{after("password", 0), after("wifi-sec.psk", 0), after("802-11-wireless-security.psk", 0)}},
		"airflow":        {letters: "p", only: "create"},
		"odoo odoo-bin":  {letters: "w"},
		"choco":          {letters: "k"},
		"bundle bundler": {args: []argument{after("config *.", 0), after("config set *.", 0)}},
		"composer":       {args: []argument{after("config http-basic.", 1), after("config bitbucket-oauth.", 0)}},
	} {
		for _, name := range strings.Fields(names) {
			table[name] = &c
		}
	}
	return table
}()

// installers are commands whose arguments are names of packages, which may be
// those of commands.
var installers = func() map[string]bool {
	is := make(map[string]bool)
	for _, name := range strings.Fields("apt-get apt aptitude apk yum dnf microdnf tdnf zypper pacman pip pip2 pip3 pipx uv conda mamba micromamba gem brew emerge xbps-install opkg snap tlmgr cpan cpanm pecl pear opam cabal stack luarocks choco install_packages") {
		is[name] = true
	}
	return is
}()

// setting reports whether a tool's key and its value follow a word.
func setting(word string) bool {
	switch word {
	case "config", "configure", "set", "setx", "set-credentials", "setenv":
		return true
	}
	return false
}
