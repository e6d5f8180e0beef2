package main

import (
	"fmt"
	"net/smtp"

	"honeydue.lab/workloads/contract"
)

// sendMail submits one message as the real worker does: STARTTLS, the account's name and password.
func sendMail(env contract.Env, id string) error {
	host, sender := env["EMAIL_HOST"], env["EMAIL_HOST_USER"]
	login := smtp.PlainAuth("", sender, env["EMAIL_HOST_PASSWORD"], host)
	message := fmt.Sprintf("From: %s\r\nTo: lab@example.net\r\nSubject: job %s\r\n\r\ndone\r\n", sender, id)
	return smtp.SendMail(host+":"+env["EMAIL_PORT"], login, sender, []string{"lab@example.net"}, []byte(message))
}
