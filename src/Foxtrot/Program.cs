System.Console.Error.WriteLine("foxtrot: no command given");
return 2;
